import Foundation
import QueryWorker
import Testing

@Suite struct LocalFileTests {
    private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "file-\(UUID().uuidString)")
        try Data(bytes).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url.path())
    }

    @Test(arguments: [0, 1, 65_536, 65_537, 1 << 20])
    func readsTheWholeFile(size: Int) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        try withFile(bytes) { path in
            let read = try LocalFile.read(path)
            #expect(read == bytes)
        }
    }

    @Test func refusesWhatIsTooLarge() throws {
        try withFile(Array(repeating: 0, count: (1 << 20) + 1)) { path in
            #expect(throws: FileError(path: path, reason: "it is larger than 1 MiB")) { try LocalFile.read(path) }
        }
    }

    @Test(arguments: [("/nonexistent/x", "No such file or directory"), ("/", "Is a directory")])
    func tellsWhyAFileCannotBeRead(path: String, reason: String) {
        #expect(throws: FileError(path: path, reason: reason)) { try LocalFile.read(path) }
    }
}
