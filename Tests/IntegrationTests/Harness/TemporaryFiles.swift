internal import Foundation

/// A file with `text`, for the time of `body`.
func withTemporaryFile<Result>(_ text: String, _ body: (String) async throws -> Result) async throws -> Result {
    try await withTemporaryDirectory { directory in
        let path = directory + "/file"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try await body(path)
    }
}

/// An empty directory that only this user may enter, for the time of `body`.
func withTemporaryDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let path = NSTemporaryDirectory() + "query-worker-test-" + UUID().uuidString
    try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}
