internal import Synchronization
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// Three workers are replaced one by one, as a Deployment does with `maxSurge: 1` and `maxUnavailable: 0`.
    @Suite struct RollingReplacementTests {
        @Test func threeWorkersAreReplacedUnderLoadAndNothingIsLostOrDoubled() async throws {
            let topics = try TestTopics(partitions: 6)
            let (jobs, replies) = try await withSimulator(["--latency", "50ms"]) { simulator in
                let fleet = ProbedFleet(topics, api: simulator.url)
                for number in 1...3 { try fleet.start(number) }
                for number in 1...3 { try await fleet.waitUntilReady(number) }
                let reader = LiveReader(topics)
                async let replies = reader.replies()
                let written = try await withSteadyWriter(
                    bootstrap: topics.bootstrap, interval: .milliseconds(30), { topics.job($0) }
                ) { writer in
                    await writer.waitForMore(500)
                    for number in 1...3 {
                        try fleet.start(number + 3)
                        try await fleet.waitUntilReady(number + 3)
                        try await fleet.end(number)
                    }
                    await writer.waitForMore(500)
                }
                let jobs = written + 1
                reader.expect(jobs)
                try await topics.publishJobs(jobs...jobs)
                let read = try await replies
                for number in 4...6 { try await fleet.end(number) }
                return (jobs, read)
            }
            try await expectEachAnsweredOnce(topics, jobs)
            let curve = ThroughputCurve(replies)
            print("three workers replaced one by one under \(jobs) jobs, API at 50 ms:\n\(curve)")
            // A figure for people, but with seconds of silence it would be no replacement without a gap.
            #expect(curve.longestSilence < 2)
        }
    }
}

/// Reads committed replies while they come.
private final class LiveReader: Sendable {
    private let topics: TestTopics
    private let expected = Mutex<Int?>(nil)
    private let count = Mutex(0)

    init(_ topics: TestTopics) { self.topics = topics }

    /// Has `replies` return with the last of so many: called before that one can come.
    func expect(_ count: Int) { expected.withLock { $0 = count } }

    func replies() async throws -> [Reply] {
        try await topics.replies(within: .seconds(120)) { [self] _ in
            let count = count.withLock { count in
                count += 1
                return count
            }
            return expected.withLock { $0 == count }
        }
    }
}

/// Workers with admin ports, by number.
private final class ProbedFleet {
    private let topics: TestTopics
    private let api: String
    private var workers: [Int: ChildProcess] = [:]

    init(_ topics: TestTopics, api: String) {
        self.topics = topics
        self.api = api
    }

    func start(_ number: Int) throws {
        let arguments = topics.arguments(api: api, instance: "worker-\(number)", settings: [AdminClient.setting])
        workers[number] = try ChildProcess(.product("query-worker"), arguments: ["run"] + arguments)
    }

    func waitUntilReady(_ number: Int) async throws {
        try await AdminClient(try #require(workers[number])).waitUntilReady()
    }

    func end(_ number: Int) async throws { try await #require(workers[number]).endInOrder() }
}

/// How many replies a reader got in each second, and the longest time without any.
struct ThroughputCurve: CustomStringConvertible {
    let perSecond: [Int]
    /// In seconds.
    let longestSilence: Double

    init(_ replies: [Reply]) {
        let times = replies.map(\.readAt).sorted()
        longestSilence = zip(times, times.dropFirst()).map { ($1 - $0) / .seconds(1) }.max() ?? 0
        var counts: [Int] = []
        for time in times {
            let second = Int((time - times[0]) / .seconds(1))
            while counts.count <= second { counts.append(0) }
            counts[second] += 1
        }
        perSecond = counts
    }

    var description: String {
        let silence = Int((longestSilence * 1000).rounded())
        return "replies per second: \(perSecond.map(String.init).joined(separator: " "))\n"
            + "longest time without a reply: \(silence) ms"
    }
}
