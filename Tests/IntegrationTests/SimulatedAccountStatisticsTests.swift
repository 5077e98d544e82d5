import EventLoop
import JSON
import Testing

@testable import query_worker

@Suite struct SimulatedAccountStatisticsTests {
    @Test func drawsARateCurveOfTwoMinutes() {
        var statistics = SimulatedAccountStatistics()
        // The last one: the clock is set back.
        for second in [1000, 1000, 1001, 1119, 1120, 1120, 1120, 1050] as [Int64] {
            statistics.queried(at: WallTime(millisecondsSince1970: second * 1000 + 999))
        }
        var writer = JSONWriter()
        statistics.write(to: &writer)
        let expected =
            #""max_queries_per_second":4,"queries_per_second":[{"second":1001,"count":1},"#
            + #"{"second":1119,"count":1},{"second":1120,"count":4}]}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self).hasSuffix(expected))
    }
}
