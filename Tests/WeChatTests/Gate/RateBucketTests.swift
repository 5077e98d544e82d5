import EventLoop
import Testing

@testable import WeChat

@Suite struct RateBucketTests {
    /// Rates below one a second allow no burst; others a second's worth.
    @Test(arguments: [
        (CallRate(calls: 1, per: .seconds(60)), 1), (CallRate(calls: 1, per: .seconds(1)), 1),
        (CallRate(calls: 10, per: .seconds(1)), 10), (CallRate(calls: 600, per: .seconds(60)), 10),
        (CallRate(calls: 36_000, per: .seconds(3600)), 10),
    ])
    func allowsWhatAQuietSecondLeft(rate: CallRate, burst: Int) {
        var bucket = RateBucket(rate)
        #expect(take(&bucket, at: .at(100)) == burst)
        #expect(take(&bucket, at: .at(500)) == burst)
    }

    @Test func spreadsCallsEvenlyAfterThat() {
        var bucket = RateBucket(CallRate(calls: 10, per: .seconds(1)))
        #expect(take(&bucket, at: .at(100)) == 10)
        #expect(bucket.wait(at: .at(100)) == .milliseconds(100))
        #expect(take(&bucket, at: .at(100.05)) == 0)
        #expect(take(&bucket, at: .at(100.125)) == 1)
        #expect(take(&bucket, at: .at(100.375)) == 2)
    }

    @Test func allowsNoMoreThanItsRateInTheLongRun() {
        var bucket = RateBucket(CallRate(calls: 600, per: .seconds(60)))
        let calls = (0..<6000).reduce(0) { sum, tick in sum + take(&bucket, at: .at(100 + Double(tick) / 100)) }
        #expect((600...610).contains(calls))
    }

    private func take(_ bucket: inout RateBucket, at now: MonotonicTime) -> Int {
        var count = 0
        while bucket.wait(at: now) == .zero {
            bucket.take(at: now)
            count += 1
        }
        return count
    }
}
