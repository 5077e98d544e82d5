import Testing

@testable import QueryWorker
@testable import WeChat

struct ExchangeMetricsTests {
    @Test func aServerThatInventsStatusesMakesNoMoreSeriesThanTheLimit() {
        var metrics = ExchangeMetrics()
        for status in 200..<1000 { metrics.exchanged(.sample(.answered(status: status))) }
        // One more for the rest.
        #expect(metrics.durations.count == ExchangeMetrics.limit + 1)
        #expect(metrics.all.count == 800)
        let rest = metrics.durations.entries.first { $0.key == nil }
        #expect(rest?.value.count == 800 - ExchangeMetrics.limit)
        #expect(rest?.key.labels.status == "_OTHER")
    }

    @Test func norDoThousandsOfServers() {
        var metrics = ExchangeMetrics()
        for number in 1...1000 {
            metrics.exchanged(.sample(.answered(status: 200), url: "https://tokens-\(number).test/"))
        }
        #expect(metrics.durations.count == ExchangeMetrics.limit + 1)
        #expect(metrics.all.count == 1000)
    }

    @Test func saysWhatCameInPlaceOfAnAnswer() throws {
        var metrics = ExchangeMetrics()
        metrics.exchanged(.sample(.failed(.timeout)))
        let labels = try #require(metrics.durations.entries.first?.key).labels
        #expect(labels.status.isEmpty)
        #expect(labels.errorType == "timeout")
        #expect(labels.server == "api.test")
        #expect(labels.port == "443")
    }
}

extension HTTPExchange {
    static func sample(_ outcome: Outcome, url: String = "https://api.test/") -> HTTPExchange {
        HTTPExchange(
            kind: Kind(method: .post, server: Server(url: url), route: "/intp", outcome: outcome),
            duration: .milliseconds(20))
    }
}
