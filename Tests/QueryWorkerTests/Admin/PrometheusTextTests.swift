import Testing

@testable import QueryWorker

struct PrometheusTextTests {
    @Test func writesHelpTypeAndSamples() {
        var text = PrometheusText()
        text.begin("jobs", .gauge, "Jobs held.")
        text.sample(3)
        text.sample(0.25, ["topic": "t", "error_type": ""])
        #expect(
            String(decoding: text.bytes, as: UTF8.self) == """
                # HELP jobs Jobs held.
                # TYPE jobs gauge
                jobs 3
                jobs{topic="t",error_type=""} 0.25

                """)
    }

    @Test func aLabelCanHoldAnything() {
        var text = PrometheusText()
        text.begin("jobs", .gauge, "Jobs held.")
        text.sample(1, ["topic": "a\"b\\c\nd"])
        #expect(String(decoding: text.bytes, as: UTF8.self).hasSuffix(#"jobs{topic="a\"b\\c\nd"} 1"# + "\n"))
    }

    @Test func aHistogramEndsWithTheBucketOfAllItsSumAndItsCount() {
        var histogram = Histogram(.time)
        histogram.observe(0.003)
        histogram.observe(3600)
        var text = PrometheusText()
        text.begin("wait_seconds", .histogram, "How long.")
        text.sample(histogram, ["topic": "t"])
        let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(lines.contains(#"wait_seconds_bucket{topic="t",le="0.0025"} 0"#))
        #expect(lines.contains(#"wait_seconds_bucket{topic="t",le="0.005"} 1"#))
        #expect(lines.contains(#"wait_seconds_bucket{topic="t",le="60"} 1"#))
        #expect(
            lines.suffix(3) == [
                #"wait_seconds_bucket{topic="t",le="+Inf"} 2"#, #"wait_seconds_sum{topic="t"} 3600.003"#,
                #"wait_seconds_count{topic="t"} 2"#,
            ])
    }
}
