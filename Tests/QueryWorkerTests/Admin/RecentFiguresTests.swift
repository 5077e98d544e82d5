import EventLoop
import Testing

@testable import QueryWorker

struct RecentFiguresTests {
    private var figures = RecentFigures()
    private var metrics = WorkerMetrics()
    private var now = MonotonicTime(nanoseconds: 0)

    /// A second in which so many jobs succeed, each after so long.
    private mutating func second(jobs: Int, taking duration: Duration = .milliseconds(40)) {
        for _ in 0..<jobs {
            metrics.answered("", after: duration)
            metrics.replied("")
        }
        now = now + .seconds(1)
        figures.update(metrics, inFlight: 3, lag: nil, at: now)
    }

    @Test mutating func ratesAreThoseOfTheLastTenSeconds() {
        for _ in 0..<30 { second(jobs: 100) }
        #expect(figures.jobsPerSecond == 100)
        for _ in 0..<20 { second(jobs: 0) }
        #expect(figures.jobsPerSecond == 0)
    }

    @Test mutating func percentilesForgetWhatIsOlderThanAMinute() throws {
        for _ in 0..<70 { second(jobs: 10, taking: .seconds(9)) }
        #expect(try #require(figures.processing.p50) > 8)
        for _ in 0..<70 { second(jobs: 10) }
        #expect(try #require(figures.processing.p99) < 0.05)
    }

    @Test mutating func historyIsAsLongAsItsLimit() {
        for _ in 0..<1000 { second(jobs: 1) }
        #expect(figures.points.count == RecentFigures.pointLimit)
        #expect(figures.points.allSatisfy { $0.jobsPerSecond == 1 && $0.inFlight == 3 && $0.lag == nil })
    }
}
