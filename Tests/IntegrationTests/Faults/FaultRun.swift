internal import Foundation
internal import Kafka
internal import TestSupport
internal import Testing

/// One run of the fault suite: jobs flow steadily, faults happen, and in the end everything is counted.
///
/// `FAULT_SEED` repeats a run's choices, `FAULT_ROUNDS` says how many faults there are one after the other.
struct FaultRun {
    let topics: TestTopics
    let fleet: WorkerFleet
    /// Between the workers and the simulator.
    let api: TCPProxy
    var random: SeededGenerator
    private(set) var faults = 0

    static let rounds = ProcessInfo.processInfo.environment["FAULT_ROUNDS"].flatMap { Int($0) } ?? 2

    // MARK: For the faults

    /// Counts a fault; what it did can be read in the test's output.
    mutating func happened(_ what: String) {
        faults += 1
        print("  fault \(faults): \(what)")
    }

    /// Lets a fault last, or its traces fade, in the brokers' own time: there is no clock to inject and nothing to wait for.
    mutating func pause(_ seconds: ClosedRange<Double>) async throws {
        try await Task.sleep(for: .seconds(Double.random(in: seconds, using: &random)))
    }

    mutating func anyPlace() throws -> Int { try #require(fleet.places.randomElement(using: &random)) }

    // MARK: A run

    /// - Parameters:
    ///   - workers: instances from the start to the end; `bringFaults` leaves as many as it likes.
    ///   - maxRepeatedCallsPerFault: nil where the API's own faults make calls repeated.
    static func run(
        _ name: String, on topics: TestTopics, workers: Int, settings: [String] = [], latency: String = "100ms",
        maxRepeatedCallsPerFault: Int? = nil, bringFaults: (inout FaultRun) async throws -> Void
    ) async throws {
        let seed = ProcessInfo.processInfo.environment["FAULT_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...999_999)
        let start = ContinuousClock.now
        print("\(name): FAULT_SEED=\(seed) FAULT_ROUNDS=\(rounds)")
        try await withSimulator(["--latency", latency]) { simulator in
            let api = TCPProxy(to: simulator.port)
            defer { api.stop() }
            let fleet = WorkerFleet(topics, api: "http://127.0.0.1:\(api.port)", settings: settings)
            var run = FaultRun(topics: topics, fleet: fleet, api: api, random: SeededGenerator(seed: seed))
            do {
                try await fleet.startAll(workers)
                let record = { @Sendable number in topics.job(number) }
                _ = try await withSteadyWriter(bootstrap: topics.bootstrap, interval: .milliseconds(30), record) {
                    writer in
                    await writer.waitForMore(200)
                    try await bringFaults(&run)
                    await writer.waitForMore(200)
                }
                let count = try await run.count(name, seed, start: start)
                try await fleet.leaveAll()
                try await expectEachAnsweredOnce(topics, count)
            } catch {
                try await fleet.killAll()
                throw error
            }
            let asked = try await simulator.statistics()
            let repeated = asked.applycodequery.calls - asked.distinct_application_ids
            print("\(name): \(asked.applycodequery.calls) API calls, \(repeated) of them repeated")
            if let limit = maxRepeatedCallsPerFault { #expect(repeated <= limit * run.faults) }
        }
    }

    /// Waits until there are as many replies as jobs.
    private func count(_ name: String, _ seed: UInt64, start: ContinuousClock.Instant) async throws -> Int {
        let jobs = try await topics.endOffset(of: topics.jobs)
        let replies = try await topics.replies(jobs, within: .seconds(90))
        let answered = Set(replies.map(\.source)).count
        print(
            """
            \(name), seed \(seed): \(jobs) jobs, \(replies.count) replies, \(jobs - answered) lost, \
            \(replies.count - answered) doubles, \(replies.count { $0.outcome == "failed" }) failed, \(faults) faults, \
            \(ContinuousClock.now - start)
            """)
        return jobs
    }
}
