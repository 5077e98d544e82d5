import EventLoop
import TestSupport
import Testing

@testable import QueryWorker

/// `AccountCheck` before a stub of WeChat.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct AccountCheckTests {
    /// `/cgi-bin/token` would end the token of the workers that run.
    @Test func triesASecretWhereNobodyLosesAToken() async throws {
        let api = StubAPI { request in
            request.path == "/cgi-bin/stable_token"
                ? .json(#"{"access_token":"80_abc","expires_in":7200}"#) : .json(#"{"errcode":43002,"errmsg":"no"}"#)
        }
        let findings = try await check(api, "account.wx1.secret=hush\naccount.wx1.mode=token")
        #expect(findings == [CheckFinding(.ok, "account wx1", "token valid for 120 min")])
        #expect(api.requests.map(\.path) == ["/cgi-bin/stable_token"])
    }

    @Test func readsATokenThatAnotherServiceKeeps() async throws {
        let api = StubAPI { _ in .json("no", status: 403) }
        let lines = """
            account.wx1.mode=external
            account.wx1.token=80_abc
            account.wx2.mode=external
            account.wx2.token.url=\(api.url)/token?key=hush
            """
        let findings = try await check(api, lines)
        #expect(findings.map(\.subject) == ["account wx1", "account wx2"])
        #expect(findings[0].status == .ok)
        #expect(findings[1].status == .failed(.permission))
        #expect(findings[1].found.contains("the token service of account wx2"))
        #expect(findings[1].remedy?.contains("account.wx2.token.url") == true)
        #expect(!"\(findings)".contains("hush"))
    }

    private func check(_ api: StubAPI, _ lines: String) async throws -> [CheckFinding] {
        let file = "kafka.bootstrap.servers=b:1\napi.base.url=\(api.url)\n" + lines
        let configuration = try ConfigurationFixture(file: file).load().configuration
        return await AccountCheck(configuration: configuration).run()
    }
}
