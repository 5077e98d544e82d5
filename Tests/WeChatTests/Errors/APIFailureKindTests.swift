import Testing

@testable import WeChat

@Suite struct APIFailureKindTests {
    /// Programs switch on these. None may change; the worker itself adds `invalid_job`, `expired`, `reply_too_large`.
    @Test func namesAreThoseOfTheReplySchema() {
        let names = [
            "unknown_account", "not_found", "wrong_account", "invalid_request", "permission", "reauthorize",
            "credentials", "token_rejected", "rate_limited", "quota_exhausted", "busy", "timeout", "transport",
            "protocol", "api_error", "internal",
        ]
        #expect(Set(APIFailure.Kind.allCases.map(\.rawValue)) == Set(names))
    }
}
