internal import Foundation
internal import TestSupport
internal import WeChat

/// A directory of credentials, and the executable that works on it.
struct CredentialsFixture {
    let directory: String
    private let secrets: String

    /// Everything is gone afterwards.
    static func with(_ body: (CredentialsFixture) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appending(path: "credentials-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: root) }
        try await body(CredentialsFixture(directory: root + "/store", secrets: root))
    }

    /// The path of a file that holds `text`.
    func file(_ text: String) throws -> String {
        let path = "\(secrets)/\(UUID().uuidString)"
        try Data("\(text)\n".utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    var settings: [String] {
        ["--set", "credentials.store=file", "--set", "credentials.directory=\(directory)"]
    }

    /// `query-worker credentials` with these arguments on this directory.
    ///
    /// - Parameter strace: what it runs under, with these arguments of `strace`.
    func run(
        _ arguments: [String], strace: [String]? = nil
    ) async throws -> (status: Int32, output: [String], errors: [String]) {
        let command = ["credentials"] + arguments + settings
        let (executable, all): (ChildProcess.Executable, [String]) =
            if let strace {
                (.path("/usr/bin/strace"), strace + [try BuildProducts.executable(named: "query-worker")] + command)
            } else {
                (.product("query-worker"), command)
            }
        return try await withChildProcess(executable, arguments: all) { process in
            let status = try await process.waitForExit(timeout: .seconds(30))
            return (status, process.lines(of: .standardOutput), process.lines(of: .standardError))
        }
    }

    func record(_ name: CredentialName) throws -> CredentialRecord {
        try CredentialRecord(json: Array(try Data(contentsOf: URL(fileURLWithPath: path(name.key + ".json")))))
    }

    func path(_ file: String) -> String { "\(directory)/\(file)" }
}
