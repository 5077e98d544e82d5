import Synchronization
import TestSupport

/// WeChat as far as tokens go: hands out the current one, refuses all others, and leaves the rest to the test.
final class StubWeChat: Sendable {
    private let current = Mutex(1)

    /// From now on another token is the current one.
    func revokeToken() { current.withLock { $0 += 1 } }

    /// For a request to the token endpoint.
    func grant() -> StubAction {
        // On a connection of its own: libcurl would repeat the next request itself if one used before is dropped.
        let headers = ["Connection": "close"]
        return .answer(StubAnswer(200, #"{"access_token":"\#(token)","expires_in":7200}"#, headers: headers))
    }

    func accepts(_ request: StubRequest) -> Bool { request.parameter("access_token") == token }

    private var token: String { "80_hidden_\(current.withLock { $0 })" }
}

extension StubRequest {
    var isForToken: Bool { path == "/cgi-bin/stable_token" }
}

/// What WeChat's pages show, and what it says of a token that is not the current one.
enum StubText {
    static let finished = """
        {"errcode":0,"errmsg":"ok","status":"FINISH","code_generate_list":[{"code_start":0,"code_end":49999}]}
        """
    static let invalidCredential = """
        {"errcode":40001,"errmsg":"invalid credential, access_token is invalid or not latest rid: 6543a2b1-1"}
        """
    static let systemBusy = #"{"errcode":-1,"errmsg":"system error"}"#
}
