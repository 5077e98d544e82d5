import Testing

@testable import WeChat

@Suite struct WeChatEventTests {
    @Test(arguments: [
        (
            WeChatEvent.tokenFetched(account: "wx1", lifetime: .seconds(7200), isSame: false),
            WeChatEvent.Severity.info,
            "access token fetched account=wx1 lifetime_s=7200 same_token=false"
        ),
        (
            .tokenCallFailed(account: "wx1", failure: failure, nextTry: .milliseconds(1500)), .warning,
            "access token could not be fetched account=wx1 kind=busy errcode=-1 http_status=503 error=no rid=6-1 "
                + "next_try_ms=1500"
        ),
        (
            .tokenRefused(account: "wx1", errcode: 40001), .warning,
            "access token refused by WeChat account=wx1 errcode=40001"
        ),
        (.tokenRefused(account: "wx1", errcode: nil), .warning, "access token refused by WeChat account=wx1"),
        (
            .callRetried(
                job: JobName(id: "a1", traceID: "4bf92f35"), account: "wx1", attempt: 2, failure: .sample(.transport),
                delay: .milliseconds(250)),
            .debug,
            "call failed, will be made again job_id=a1 trace_id=4bf92f35 account=wx1 attempt=2 kind=transport "
                + "error=sample delay_ms=250"
        ),
    ])
    func saysInFieldsWhatHappened(event: WeChatEvent, severity: WeChatEvent.Severity, line: String) {
        #expect(event.severity == severity)
        #expect(event.fields.reduce("\(event.message)") { "\($0) \($1.name)=\($1.value)" } == line)
    }

    private static let failure = APIFailure(
        kind: .busy, errcode: -1, httpStatus: 503, message: "no", rid: "6-1", retryable: true, disposition: .retry)
}
