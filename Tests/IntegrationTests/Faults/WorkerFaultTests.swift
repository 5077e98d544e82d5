internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// Instances that die, hang, join and leave while jobs flow: zero lost, zero doubled.
    @Suite struct WorkerFaultTests {
        /// The shortest session that brokers allow by default: until it ends, a killed member keeps its partitions.
        private static let settings = ["kafka.session.timeout.ms=6000"]

        @Test func killedInstances() async throws {
            let topics = try TestTopics(partitions: 8)
            // What an instance has on the wire when it is killed, and no more than that, is asked again.
            try await FaultRun.run(
                "killed instances", on: topics, workers: 3, settings: Self.settings + ["api.concurrency=64"],
                maxRepeatedCallsPerFault: 64
            ) { run in
                for _ in 0..<FaultRun.rounds {
                    let place = try run.anyPlace()
                    try await run.fleet.kill(place)
                    run.happened("SIGKILL of worker-\(place)")
                    try await run.pause(0...2)
                    try run.fleet.start(place)
                    try await run.pause(1...6)
                }
            }
        }

        @Test(arguments: ["range", "cooperative-sticky"])
        func instancesThatComeAndGo(strategy: String) async throws {
            let topics = try TestTopics(partitions: 8)
            let settings = Self.settings + ["kafka.partition.assignment.strategy=\(strategy)"]
            try await FaultRun.run("instances come and go, \(strategy)", on: topics, workers: 2, settings: settings) {
                run in
                for round in 0..<FaultRun.rounds * 2 {
                    // Sometimes a rebalance begins within another.
                    if Bool.random(using: &run.random), run.fleet.places.count > 1 {
                        let place = try run.anyPlace()
                        try await run.fleet.leave(place)
                        run.happened("worker-\(place) left")
                    } else {
                        try run.fleet.start(2 + round)
                        run.happened("worker-\(2 + round) joined")
                    }
                    try await run.pause(0...2)
                }
            }
        }

        /// Stopped beyond its session, beyond its transaction's time limit too; when it wakes, others have its partitions.
        @Test func zombies() async throws {
            let topics = try TestTopics(partitions: 8)
            let settings = Self.settings + ["kafka.transaction.timeout.ms=3000"]
            try await FaultRun.run("zombies", on: topics, workers: 2, settings: settings) { run in
                for _ in 0..<FaultRun.rounds {
                    let place = try run.anyPlace()
                    try run.fleet[place].suspend()
                    try await run.pause(7...9)
                    try run.fleet[place].resume()
                    run.happened("worker-\(place) woke from SIGSTOP")
                    try await run.pause(2...4)
                }
            }
        }

        /// The group gives its partitions away while it drains, and nothing tells it so but the broker's refusal of its
        /// membership: the rebalance timeout is over, the session is not.
        @Test func membershipLostDuringADrain() async throws {
            let topics = try TestTopics(partitions: 4)
            let settings = [
                "kafka.session.timeout.ms=6000", "kafka.max.poll.interval.ms=6000", "kafka.transaction.timeout.ms=2000",
                "rebalance.drain=3s",
            ]
            try await FaultRun.run("membership lost during a drain", on: topics, workers: 1, settings: settings) {
                run in
                for round in 0..<FaultRun.rounds {
                    try run.fleet.start(1 + round)
                    try await run.fleet[0].waitForLine(
                        containing: #""message":"revoked""#, from: run.fleet[0].lines.last.map { $0.number + 1 } ?? 0)
                    try run.fleet[0].suspend()
                    try await run.pause(7...8)
                    try run.fleet[0].resume()
                    run.happened("worker-0 slept through its drain")
                    try await run.fleet[1 + round].waitForLine(containing: #""message":"assigned""#)
                    try await run.fleet.leave(1 + round)
                    try await run.pause(1...2)
                }
            }
        }
    }
}
