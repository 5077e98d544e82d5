internal import Glibc
internal import Kafka
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// What `/livez` and `/readyz` say in the life of a worker. While they wait, all of these tests look at `/livez` too: it
    /// fails for nothing from outside.
    @Suite struct ProbesTests {
        @Test func tokenThatIsMissingThenLostThenFoundAgain() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withSimulator(["--error-at-token", "-1"]) { simulator in
                try await withProbedWorker(topics, api: simulator.url) { worker, admin in
                    try await worker.waitForLine(containing: "access token could not be fetched")
                    var message = ""
                    while !message.contains("busy") { message = try await admin.wait(for: "starting") }
                    #expect(message.contains("waits for a token: \(SimulatorProcess.account): busy"), "\(message)")
                    try await simulator.set(["--no-error-at-token"])
                    try await admin.waitUntilReady()

                    try await simulator.set(["--error-at-token", "-1"])
                    try await simulator.revoke()
                    try await topics.publishJobs(1...1)
                    let lost = try await admin.wait(for: "no_account")
                    #expect(lost.contains(SimulatorProcess.account), "\(lost)")
                    #expect(try await admin.metrics().value("query_worker_accounts", ["state": "usable"]) == 0)
                    try await simulator.set(["--no-error-at-token"])
                    try await admin.waitUntilReady()
                    _ = try await topics.replies(1)
                    try await worker.endInOrder()
                }
            }
        }

        /// One of two does not matter, the last one does.
        @Test func accountsOnHoldMatterOnceAllAre() async throws {
            let topics = try TestTopics(partitions: 1)
            let accounts = ["wxone", "wxtwo"]
            let settings = accounts.map { "account.\($0).secret=s" }
            try await withSimulator(accounts.flatMap { ["--account", "\($0)=s"] }) { simulator in
                try await withProbedWorker(topics, api: simulator.url, secret: nil, settings: settings) {
                    worker, admin in
                    try await admin.waitUntilReady()
                    try await simulator.set(["--error", "wxone:48001"])
                    let watch = try await withProbeWatch(admin) { watch in
                        try await topics.publish([topics.job(1, account: "wxone")])
                        try await admin.metrics { metrics in
                            metrics.value("query_worker_account_on_hold", ["account": "wxone"]) == 1
                        }
                        // Longer than readiness.timeout, by the worker's own clock.
                        let held = try await admin.status().instance.uptime_s
                        while try await admin.status().instance.uptime_s < held + 2 { await Task.yield() }
                    }
                    #expect(watch.refusals == [])
                    try await simulator.set(["--error", "wxtwo:48001"])
                    try await topics.publish([topics.job(2, account: "wxtwo")])
                    let message = try await admin.wait(for: "no_account")
                    #expect(message.contains("permission") && message.contains("and 1 more"), "\(message)")
                    try await worker.endInOrder()
                }
            }
        }

        /// A worker that can take no more is none that lacks brokers.
        @Test func aWorkerThatIsFullIsReadyAndSaysThatItDrainsAtOnce() async throws {
            let topics = try TestTopics(partitions: 1)
            let settings = ["jobs.in.flight.max=1", "api.timeout=10m", "job.timeout=1h", "shutdown.drain=1s"]
            try await withSimulator(["--hang-id", "580000010=10m"]) { simulator in
                try await withProbedWorker(topics, api: simulator.url, settings: settings) { worker, admin in
                    try await topics.publishJobs(1...10)
                    try await admin.waitUntilReady()
                    let watch = try await withProbeWatch(admin) { _ in
                        try await admin.metrics { ($0.value("query_worker_oldest_job_age_seconds") ?? 0) > 2 }
                    }
                    #expect(watch.refusals == [])
                    worker.terminate()
                    try await worker.waitForLine(containing: #""message":"draining""#)
                    try await admin.wait(for: "draining")
                    #expect(try await admin.findings().count == 1)
                    #expect(try await worker.waitForExit() == 0)
                }
            }
        }

        @Test func aRebalanceMakesNobodyUnready() async throws {
            let topics = try TestTopics(partitions: 4)
            try await withSimulator { simulator in
                try await withProbedWorker(topics, api: simulator.url, instance: "one") { one, admin in
                    try await admin.waitUntilReady()
                    let watch = try await withProbeWatch(admin) { _ in
                        try await withProbedWorker(topics, api: simulator.url, instance: "two") { two, other in
                            try await other.waitUntilReady()
                            try await topics.publishJobs(1...200)
                            _ = try await topics.replies(200)
                            try await two.endInOrder()
                        }
                        try await admin.metrics { $0.value("query_worker_partitions_assigned") == 4 }
                    }
                    #expect(watch.refusals == [])
                    print("probes during two rebalances: \(watch.answers) answers, none of them but 200")
                    try await one.endInOrder()
                }
            }
        }

        @Test func brakedPartitionIsNamedUntilAGoodRecordComes() async throws {
            let topics = try TestTopics(partitions: 2)
            let settings = ["deadletter.consecutive.max=3"]
            try await withSimulator { simulator in
                try await withProbedWorker(topics, api: simulator.url, settings: settings) { worker, admin in
                    try await admin.waitUntilReady()
                    try await topics.publish(
                        (1...3).map { _ in KafkaRecord(topic: topics.jobs, partition: 1, value: Array("no job".utf8)) })
                    let message = try await admin.wait(for: "partition_braked")
                    #expect(message.hasSuffix(": 1"), "\(message)")
                    try await topics.publishJobs(1...1, partition: 1)
                    try await admin.waitUntilReady()
                    try await worker.endInOrder()
                }
            }
        }

        @Test func topicThatTakesNoRepliesIsNamedUntilItDoes() async throws {
            let topics = try TestTopics(partitions: 1)
            let settings = [
                "kafka.topic.metadata.refresh.interval.ms=500", "kafka.topic.metadata.propagation.max.ms=500",
            ]
            try await withSimulator { simulator in
                try await withProbedWorker(topics, api: simulator.url, settings: settings) { worker, admin in
                    try await admin.waitUntilReady()
                    try await onOwnThread { try topics.admin().deleteTopic(topics.replies) }
                    try await topics.publishJobs(1...10)
                    let message = try await admin.wait(for: "replies_refused")
                    #expect(message.contains(topics.replies), "\(message)")
                    // Replies that go elsewhere make it no better.
                    var elsewhere = topics.job(11)
                    elsewhere.headers = [KafkaHeader("kafka_replyTopic", topics.otherReplies)]
                    try await topics.publish([elsewhere])
                    try await admin.metrics {
                        $0.value(
                            "messaging_client_sent_messages_total", ["messaging_destination_name": topics.otherReplies]
                        ) == 1
                    }
                    #expect(try await admin.findings()["replies_refused"] != nil)
                    try await onOwnThread { try topics.admin().createTopic(topics.replies, partitions: 1) }
                    try await admin.waitUntilReady()
                    _ = try await topics.replies(10)
                    try await worker.endInOrder()
                }
            }
        }

        @Test(.enabled(if: isDebugBuild, "only debug builds can be told to block"))
        func blockedLoopIsTheOneThingThatFailsLiveness() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withSimulator { simulator in
                let arguments = ["run"] + topics.arguments(api: simulator.url, settings: [AdminClient.setting])
                let environment = ["DEBUG_LOOP_BLOCKED_AFTER": "2", "DEBUG_LOOP_BLOCK": "5"]
                try await withChildProcess(
                    .product("query-worker"), arguments: arguments, environment: environment
                ) { worker in
                    let admin = try await AdminClient(worker)
                    try await admin.waitUntilReady()
                    worker.send(signal: SIGUSR2)
                    try await admin.wait(for: "loop_blocked", isAlive: nil)
                    #expect(try await !admin.isAlive())
                    let metrics = try await admin.metrics()
                    #expect(metrics.value("query_worker_ready") == 0)
                    #expect(metrics.value("query_worker_not_ready", ["reason": "loop_blocked"]) == 1)
                    #expect((metrics.value("query_worker_event_loop_delay_seconds") ?? 0) > 0.5)
                    try await admin.waitUntilReady(isAlive: nil)
                    #expect(try await admin.isAlive())
                    try await worker.endInOrder()
                }
            }
        }
    }
}

private var isDebugBuild: Bool {
    #if DEBUG
        true
    #else
        false
    #endif
}
