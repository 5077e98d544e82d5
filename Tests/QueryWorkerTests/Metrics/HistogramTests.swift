import Testing

@testable import QueryWorker

struct HistogramTests {
    @Test(arguments: [Histogram.Scale.time, .count])
    func publishedBoundsAreAmongTheBoundsThatValuesAreSortedBy(scale: Histogram.Scale) {
        #expect(scale.bounds == scale.bounds.sorted())
        #expect(Set(scale.bounds).count == scale.bounds.count)
        #expect(Set(scale.published).isSubset(of: scale.bounds))
    }

    @Test func aValueCountsUpToItsOwnBound() {
        var histogram = Histogram(.time)
        for value in [0, 0.005, 0.0051, 7200] { histogram.observe(value) }
        #expect(histogram.cumulativeCount(upTo: 0.0025) == 1)
        #expect(histogram.cumulativeCount(upTo: 0.005) == 2)
        #expect(histogram.cumulativeCount(upTo: 0.01) == 3)
        #expect(histogram.count == 4)
        #expect(histogram.sum == 7200.0101)
    }

    @Test func percentilesAreAsExactAsTheBounds() throws {
        var histogram = Histogram(.time)
        for milliseconds in 1...1000 { histogram.observe(.milliseconds(milliseconds)) }
        for (fraction, expected) in [(0.5, 0.5), (0.9, 0.9), (0.99, 0.99), (1, 1)] {
            let found = try #require(histogram.percentile(fraction))
            #expect(abs(found - expected) < expected * 0.05, "\(fraction): \(found)")
        }
    }

    @Test func withoutValuesThereIsNoPercentile() {
        var histogram = Histogram(.time)
        #expect(histogram.percentile(0.5) == nil)
        histogram.observe(100_000)
        #expect(histogram.percentile(0.5) == histogram.scale.bounds.last)
    }

    @Test func aDifferenceHoldsWhatCameSince() {
        var histogram = Histogram(.count)
        histogram.observe(1)
        let earlier = histogram
        histogram.observe(1000)
        let difference = histogram.since(earlier)
        #expect(difference.count == 1)
        #expect(difference.sum == 1000)
        #expect(difference.percentile(0.5).map { $0 > 800 } == true)
    }

    @Test func aNegativeDurationIsNone() {
        // A producer's clock may be ahead of ours.
        var histogram = Histogram(.time)
        histogram.observe(.seconds(-5))
        #expect(histogram.sum == 0)
        #expect(histogram.count == 1)
    }
}
