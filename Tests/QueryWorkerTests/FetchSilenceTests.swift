import EventLoop
import Testing

@testable import QueryWorker

@Suite struct FetchSilenceTests {
    private var silence = FetchSilence()

    private mutating func probed(
        _ position: Int64, _ end: Int64, fetchedEnd: Int64? = nil, atSecond second: Int64
    ) -> FetchSilence.Action {
        let time = MonotonicTime(nanoseconds: second * 1_000_000_000)
        return silence.probed(position: position, end: end, fetchedEnd: fetchedEnd, at: time, limit: .seconds(10))
    }

    /// What compaction left at the end, or an aborted transaction: it is fetched, and nothing of it is handed out.
    @Test mutating func endThatIsFetchedAndBringsNothingIsNoSilence() {
        for second in 0..<100 as Range<Int64> {
            _ = probed(7, 9, fetchedEnd: 9, atSecond: second)
            #expect(!silence.isConfirmed)
        }
        _ = probed(7, 12, fetchedEnd: 9, atSecond: 100)
        #expect(silence.isConfirmed)
    }

    @Test mutating func partitionThatIsReadToItsEndIsQuiet() {
        for second in stride(from: 0, to: 100, by: 5) as StrideTo<Int64> {
            #expect(probed(7, 7, atSecond: second) == .none)
        }
    }

    @Test mutating func lagThatStaysIsAssignedAnewOnceThenGivenUp() {
        #expect(probed(7, 9, atSecond: 0) == .none)
        #expect(probed(7, 9, atSecond: 9) == .none)
        #expect(probed(7, 9, atSecond: 10) == .assignAnew)
        #expect(probed(7, 12, atSecond: 19) == .none)
        #expect(probed(7, 12, atSecond: 20) == .giveUp)
    }

    @Test mutating func partitionThatMovesIsForgiven() {
        #expect(probed(7, 9, atSecond: 0) == .none)
        #expect(probed(7, 9, atSecond: 10) == .assignAnew)
        #expect(probed(8, 9, atSecond: 20) == .none)
        #expect(probed(8, 9, atSecond: 30) == .assignAnew)
        #expect(probed(9, 9, atSecond: 31) == .none)
        #expect(probed(9, 10, atSecond: 32) == .none)
        #expect(probed(9, 10, atSecond: 42) == .assignAnew)
    }

    /// Records may come again, and so many that it is not looked at for long.
    @Test mutating func recordThatComesEndsIt() {
        #expect(probed(7, 9, atSecond: 0) == .none)
        #expect(probed(7, 9, atSecond: 1) == .none)
        #expect(silence.isConfirmed)
        silence.fetched()
        #expect(!silence.isConfirmed)
    }

    /// While the brokers do not answer nobody knows whether there is lag.
    @Test mutating func outageIsNoSilence() {
        #expect(probed(7, 9, atSecond: 0) == .none)
        silence.interrupted()
        #expect(probed(7, 9, atSecond: 60) == .none)
        #expect(probed(7, 9, atSecond: 69) == .none)
        #expect(probed(7, 9, atSecond: 70) == .assignAnew)
    }
}
