internal import TestSupport
internal import Testing

/// The directory of `credentials.store=file`, filled as an operator does it.
struct CredentialsDirectory {
    let path: String

    init(_ path: String) { self.path = path }

    func put(ticket: String, of component: String) async throws {
        try await put(["ticket", "--component", component, "--file"], secret: ticket)
    }

    func put(refreshToken: String, of account: String, for component: String) async throws {
        try await put(
            ["authorized", "--component", component, "--account", account, "--refresh-token-file"],
            secret: refreshToken)
    }

    private func put(_ arguments: [String], secret: String) async throws {
        try await withTemporaryFile(secret) { file in
            let settings = ["--set", "credentials.store=file", "--set", "credentials.directory=\(path)"]
            try await withChildProcess(
                .product("query-worker"), arguments: ["credentials", "put"] + arguments + [file] + settings
            ) { process in
                let status = try await process.waitForExit()
                #expect(status == 0, "\(process.lines.map(\.text))")
            }
        }
    }
}
