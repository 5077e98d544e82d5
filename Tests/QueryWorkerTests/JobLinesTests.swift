import Foundation
import QueryWorker
import Testing

@Suite struct JobLinesTests {
    /// All that there is, in words.
    private func read(_ lines: JobLines) throws -> [String] {
        var found: [String] = []
        while true {
            switch try lines.next() {
            case .line(let bytes, let number): found.append("\(number) \(String(decoding: bytes, as: UTF8.self))")
            case .tooLong(let number): found.append("\(number) is too long")
            case .notYet: return found + ["not yet"]
            case .end: return found
            }
        }
    }

    private func withFile(_ text: String, limit: Int = 100, _ body: (JobLines) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "lines-\(UUID().uuidString)")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try body(try JobLines(path: file.path, limit: limit))
    }

    @Test func linesAreWhatEditorsOfAllSystemsWrite() throws {
        try withFile("\u{FEFF}one\r\n\n  \t\ntwo \u{FEFF}\nthree") { lines in
            #expect(lines.isRepeatable)
            let first = try read(lines)
            #expect(first == ["1 one", "4 two \u{FEFF}", "5 three"])
            lines.rewind()
            let second = try read(lines)
            #expect(second == first)
        }
    }

    @Test func aLineOverTheLimitIsDroppedAndTheNextOneIsWhole() throws {
        let long = String(repeating: "x", count: 300_000)
        try withFile("a\n\(long)\nb\n\(long)") { lines in
            let found = try read(lines)
            #expect(found == ["1 a", "2 is too long", "3 b", "4 is too long"])
        }
        try withFile("\(String(repeating: "x", count: 100))\n\(String(repeating: "x", count: 101))\nb") { lines in
            let found = try read(lines)
            #expect(found.dropFirst() == ["2 is too long", "3 b"])
        }
    }

    @Test func aPipeIsNotWaitedFor() throws {
        try withPipe { lines, end in
            #expect(!lines.isRepeatable)
            var found = [try read(lines)]
            for text in ["a\nb", "c\n"] {
                try end.write(contentsOf: Data(text.utf8))
                found.append(try read(lines))
            }
            try end.close()
            found.append(try read(lines))
            #expect(found == [["not yet"], ["1 a", "not yet"], ["2 bc", "not yet"], []])
        }
    }

    private func withPipe(_ body: (JobLines, FileHandle) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "pipe-\(UUID().uuidString)").path
        try #require(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        // For both ways, so that neither end waits for the other.
        let both = open(path, O_RDWR)
        let end = FileHandle(fileDescriptor: open(path, O_WRONLY), closeOnDealloc: true)
        let lines = try JobLines(path: path, limit: 100)
        close(both)
        try body(lines, end)
    }

    @Test func aFileThatIsNotThereIsNamed() {
        let error = #expect(throws: FileError.self) { try JobLines(path: "/nowhere/jobs", limit: 100) }
        #expect(error?.description.contains("/nowhere/jobs") == true)
    }
}
