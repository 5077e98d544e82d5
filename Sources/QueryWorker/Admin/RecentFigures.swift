internal import EventLoop

/// What the last minutes were like: rates, percentiles of the last minute, and a point for every five seconds before.
struct RecentFigures: Sendable {
    struct Percentiles: Sendable, Equatable {
        /// In seconds.
        var p50, p90, p99: Double?

        init() {}

        init(_ histogram: Histogram) {
            p50 = histogram.percentile(0.5)
            p90 = histogram.percentile(0.9)
            p99 = histogram.percentile(0.99)
        }
    }

    struct Point: Sendable {
        var jobsPerSecond = 0.0
        var failuresPerSecond = 0.0
        var processing = Percentiles()
        var inFlight = 0
        var lag: Int64?
    }

    /// The counters and histograms of a moment, for differences.
    private struct Sample: Sendable {
        let time: MonotonicTime
        let replies: Int
        let failures: Int
        let exchanges: Int
        let processing: Histogram
        let calls: Histogram
        let queueWait: Histogram
        let callWait: Histogram
        let publishWait: Histogram
        let transactions: Histogram

        init(_ metrics: WorkerMetrics, at time: MonotonicTime) {
            self.time = time
            replies = metrics.succeededCount + metrics.failedCount
            failures = metrics.failedCount
            processing = metrics.allProcessing
            calls = metrics.exchanges.all
            exchanges = calls.count
            queueWait = metrics.queueWait
            callWait = metrics.callWait
            publishWait = metrics.publishWait
            transactions = metrics.transactions.duration
        }
    }

    static let interval = Duration.seconds(5)
    static let rateWindow = Duration.seconds(10)
    static let latencyWindow = Duration.seconds(60)
    static let pointLimit = 120

    private(set) var jobsPerSecond = 0.0
    private(set) var callsPerSecond = 0.0
    private(set) var failuresPerSecond = 0.0
    private(set) var processing = Percentiles()
    private(set) var calls = Percentiles()
    private(set) var queueWait = Percentiles()
    private(set) var callWait = Percentiles()
    private(set) var publishWait = Percentiles()
    private(set) var transactions = Percentiles()
    /// Oldest first.
    private(set) var points: [Point] = []
    private var samples: [Sample] = []

    /// To be called once a second or so.
    mutating func update(_ metrics: WorkerMetrics, inFlight: Int, lag: Int64?, at now: MonotonicTime) {
        let sample = Sample(metrics, at: now)
        guard let last = samples.last else {
            samples = [sample]
            return
        }
        setRates(sample, since: samples.last { now - $0.time >= Self.rateWindow } ?? samples[0])
        setPercentiles(sample, since: samples.last { now - $0.time >= Self.latencyWindow } ?? samples[0])
        guard now - last.time >= Self.interval else { return }
        points.append(Self.point(sample, since: last, inFlight: inFlight, lag: lag))
        if points.count > Self.pointLimit { points.removeFirst() }
        samples.append(sample)
        samples.removeAll { now - $0.time > Self.latencyWindow + Self.interval }
    }

    private mutating func setRates(_ sample: Sample, since earlier: Sample) {
        let seconds = max(0.001, (sample.time - earlier.time).inSeconds)
        jobsPerSecond = Double(sample.replies - earlier.replies) / seconds
        failuresPerSecond = Double(sample.failures - earlier.failures) / seconds
        callsPerSecond = Double(sample.exchanges - earlier.exchanges) / seconds
    }

    private mutating func setPercentiles(_ sample: Sample, since earlier: Sample) {
        processing = Percentiles(sample.processing.since(earlier.processing))
        calls = Percentiles(sample.calls.since(earlier.calls))
        queueWait = Percentiles(sample.queueWait.since(earlier.queueWait))
        callWait = Percentiles(sample.callWait.since(earlier.callWait))
        publishWait = Percentiles(sample.publishWait.since(earlier.publishWait))
        transactions = Percentiles(sample.transactions.since(earlier.transactions))
    }

    private static func point(_ sample: Sample, since last: Sample, inFlight: Int, lag: Int64?) -> Point {
        let seconds = (sample.time - last.time).inSeconds
        return Point(
            jobsPerSecond: Double(sample.replies - last.replies) / seconds,
            failuresPerSecond: Double(sample.failures - last.failures) / seconds,
            processing: Percentiles(sample.processing.since(last.processing)), inFlight: inFlight, lag: lag)
    }
}
