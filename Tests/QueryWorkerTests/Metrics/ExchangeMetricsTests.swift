import Testing

@testable import QueryWorker
@testable import WeChat

struct ExchangeMetricsTests {
    @Test func aServerThatInventsStatusesMakesNoMoreSeriesThanTheLimit() {
        var metrics = ExchangeMetrics()
        for status in 200..<1000 { metrics.exchanged(.sample(.answered(status: status))) }
        // One each for the rest: those below 400, and those from there on.
        #expect(metrics.durations.count <= ExchangeMetrics.limit + 2)
        #expect(metrics.count == 800)
        #expect(metrics.all.count == 800)
        #expect(metrics.durations.keys.contains { $0.status == "_OTHER" && $0.errorType == "_OTHER" })
    }

    @Test func saysWhatCameInPlaceOfAnAnswer() throws {
        var metrics = ExchangeMetrics()
        metrics.exchanged(.sample(.failed(.timeout)))
        let key = try #require(metrics.durations.keys.first)
        #expect(key.status.isEmpty)
        #expect(key.errorType == "timeout")
        #expect(key.server == "api.test")
        #expect(key.port == 443)
    }
}

extension HTTPExchange {
    static func sample(_ outcome: Outcome) -> HTTPExchange {
        HTTPExchange(
            method: .post, server: Server(url: "https://api.test/"), route: "/intp", outcome: outcome,
            duration: .milliseconds(20))
    }
}
