import EventLoop
import Testing

@testable import WeChat

/// What a job is told that was not asked for since its account has no token.
@Suite struct TokenFailureTests {
    private static let endpoints: [WeChatErrorCode.Endpoint] = [.token, .componentToken, .component]
    private static let codes = (WeChatErrorCode.table + WeChatErrorCode.tokenEndpointTable).map(\.code) + [123_456]

    /// Its publisher would drop it for good otherwise, though nothing is wrong with it.
    @Test(arguments: endpoints, codes)
    func isNeverTheJobsOwn(endpoint: WeChatErrorCode.Endpoint, code: Int) {
        let meaning = WeChatErrorCode.meaning(of: code, at: endpoint)
        let failure = APIFailure(
            kind: meaning.kind, errcode: code, message: "m", retryable: meaning.retryable,
            disposition: meaning.disposition
        ).delayed(by: .seconds(1), at: WallTime(millisecondsSince1970: 0))
        #expect(failure.retryable)
        #expect(failure.concernsToken)
        let kinds: Set<APIFailure.Kind> = [
            .credentials, .reauthorize, .permission, .tokenRejected, .rateLimited, .quotaExhausted, .busy,
        ]
        #expect(kinds.contains(failure.kind))
    }
}
