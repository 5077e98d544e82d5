internal import Foundation
internal import TestSupport
internal import Testing

/// Puts every reply before the independent validator, with the published schema.
func expectValid(_ replies: [String], sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let file = FileManager.default.temporaryDirectory.appending(path: "replies-\(UUID().uuidString).jsonl")
    try Data((replies.joined(separator: "\n") + "\n").utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let arguments = [
        tests.appending(path: "python.sh").path, tests.appending(path: "validate.py").path, "replies", file.path,
    ]
    try await withChildProcess(.path("/bin/bash"), arguments: arguments) { validator in
        let status = try await validator.waitForExit(timeout: .seconds(180))
        #expect(status == 0, "\(validator.lines.map(\.text).joined(separator: "\n"))", sourceLocation: sourceLocation)
    }
}
