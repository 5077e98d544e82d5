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

    /// `--config <(…)`: the shell gives a pipe, which can be read once.
    @Test func readsAPipeToItsEnd() throws {
        try withPipe(holding: "hush") { path in
            let read = try LocalFile.read(path)
            #expect(read == Array("hush".utf8))
        }
    }

    @Test func refusesAPipeWhereASecretIsToBeReadAgainAndAgain() throws {
        try withPipe(holding: "hush") { path in
            #expect(throws: FileError(path: path, reason: Self.pipe)) { try LocalFile.readSecret(path) }
        }
    }

    /// To open it would wait for somebody who writes.
    @Test func refusesANamedPipeWithoutWaiting() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "pipe-\(UUID().uuidString)").path()
        try #require(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        #expect(throws: FileError(path: path, reason: Self.pipe)) { try LocalFile.readSecret(path) }
        let problems = Configuration.report(
            arguments: ConfigurationArguments(assignments: ["account.wx1.secret.file=\(path)"]), environment: [:]
        ).problems
        #expect(problems.contains { $0.description.contains("cannot use \(path): \(Self.pipe)") })
    }

    @Test func readsASecretsFileAsAnyOther() throws {
        try withFile(Array("hush".utf8)) { path in
            let read = try LocalFile.readSecret(path)
            #expect(read == Array("hush".utf8))
        }
        #expect(throws: FileError(path: "/nonexistent/x", reason: "No such file or directory")) {
            try LocalFile.readSecret("/nonexistent/x")
        }
    }

    private static let pipe = "it is a pipe, and not a file that can be read more than once"

    private func withPipe(holding text: String, _ body: (String) throws -> Void) throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try pipe.fileHandleForWriting.close()
        try body("/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)")
    }

    @Test(arguments: [("/nonexistent/x", "No such file or directory"), ("/", "Is a directory")])
    func tellsWhyAFileCannotBeRead(path: String, reason: String) {
        #expect(throws: FileError(path: path, reason: reason)) { try LocalFile.read(path) }
    }
}
