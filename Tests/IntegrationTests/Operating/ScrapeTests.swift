internal import Glibc
internal import Kafka
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// What a real Prometheus has of a worker against what was done: exactly.
    @Suite(.enabled(if: access("/usr/bin/prometheus", X_OK) == 0, "needs prometheus: Docker/setup.sh --tests"))
    struct ScrapeTests {
        private static let accounts = ["wxone", "wxtwo"]
        private static let settings =
            [AdminClient.setting, "account.default=wxone", "deadletter.consecutive.max=1000000", "api.timeout=30s"]
            + accounts.map { "account.\($0).secret=s" }

        /// Jobs with each kind of outcome, as many of each, and each about an application of its own.
        private static func records(_ topics: TestTopics) -> [KafkaRecord] {
            func job(_ name: String, _ number: Int, _ application: Int, _ more: String = "") -> KafkaRecord {
                let value = #"{"job_id":"\#(name)-\#(number)",\#(more)"application_id":\#(application)}"#
                return KafkaRecord(topic: topics.jobs, key: Array("\(name)-\(number)".utf8), value: Array(value.utf8))
            }
            var records: [KafkaRecord] = []
            for number in 1...50 {
                records.append(job("good", number, number * 1000 + 10))
                records.append(job("unfinished", number, number * 1000 + 17))
                records.append(job("missing", number, number * 1000 + 404))
                records.append(job("foreign", number, number * 1000 + 403))
                records.append(job("stranger", number, number * 1000 + 20, #""account":"wxnobody","#))
                records.append(job("held", number, number * 1000 + 30, #""account":"wxtwo","#))
                var elsewhere = job("elsewhere", number, number * 1000 + 40)
                elsewhere.headers = [KafkaHeader("kafka_replyTopic", topics.otherReplies)]
                records.append(elsewhere)
                records.append(KafkaRecord(topic: topics.jobs, value: Array("no job \(number)".utf8)))
            }
            return records
        }

        /// A publisher's inventions: ids, accounts and bytes that nobody has seen.
        private static func inventions(_ topics: TestTopics) -> [KafkaRecord] {
            (1...1_000).map { number in
                let value =
                    switch number % 4 {
                    case 0: #"{"job_id":"invented-\#(number)","application_id":\#(number * 1000)}"#
                    case 1: #"{"job_id":"a-\#(number)","account":"wxinvented\#(number)","application_id":1}"#
                    case 2: #"{"job_id":"b-\#(number)","operation":"invented\#(number)","application_id":1}"#
                    default: "\u{0}\(number)\"}{\n"
                    }
                return KafkaRecord(topic: topics.jobs, key: Array("\(number)".utf8), value: Array(value.utf8))
            }
        }

        @Test func everyCounterIsWhatWasDone() async throws {
            let topics = try TestTopics(partitions: 4)
            let accounts = Self.accounts.flatMap { ["--account", "\($0)=s"] }
            let faults = ["--latency", "2ms", "--busy-rate", "0.05", "--error", "wxtwo:48001"]
            try await withSimulator(accounts + faults) { simulator in
                try await withWorker(topics, api: simulator.url, secret: nil, settings: Self.settings) { worker in
                    let admin = try await AdminClient(worker)
                    try await withPrometheus(scraping: admin) { prometheus in
                        try await prometheus.wait(for: "up", toBe: 1)
                        let records = Self.records(topics)
                        try await topics.publish(records)
                        let metrics = try await metricsAtRest(admin, after: records.count)
                        let statistics = try await simulator.currentStatistics()
                        try await expectEqual(metrics, to: topics, statistics)
                        try await expectEqual(metrics, to: try await admin.status())
                        try await expectEqual(prometheus, to: metrics)
                        #expect(try await promtoolFindings(in: metrics.text) == [])

                        let inventions = Self.inventions(topics)
                        try await topics.publish(inventions)
                        let after = try await metricsAtRest(admin, after: records.count + inventions.count)
                        #expect(after.series.subtracting(metrics.series) == [])
                        #expect(metrics.series.subtracting(after.series) == [])
                        try await worker.endInOrder()
                    }
                }
            }
        }

        /// Once everything is answered, committed and counted, and the watermarks have been read.
        private func metricsAtRest(_ admin: AdminClient, after count: Int) async throws -> MetricsText {
            try await admin.metrics { metrics in
                metrics.value("query_worker_replies_total") == Double(count)
                    && metrics.value("query_worker_jobs_in_flight") == 0 && metrics.value("query_worker_lag") == 0
            }
        }

        private func expectEqual(
            _ metrics: MetricsText, to topics: TestTopics, _ statistics: SimulatorProcess.Statistics
        ) async throws {
            let replies = try await topics.allReplies()
            let elsewhere = try await topics.allReplies(in: topics.otherReplies)
            let letters = try await topics.allRecords(in: topics.deadLetters) { StoredRecord($0) }
            let all = replies + elsewhere
            let count = Double(all.count)
            let kinds = all.reduce(into: [String: Double]()) { $0[$1.kind ?? "", default: 0] += 1 }
            #expect(kinds.count >= 6)
            #expect(metrics.values("query_worker_replies_total", by: "error_type") == kinds)
            #expect(metrics.values("messaging_process_duration_seconds_count", by: "error_type") == kinds)
            #expect(metrics.value("messaging_client_consumed_messages_total") == count)
            #expect(
                metrics.values("messaging_client_sent_messages_total", by: "messaging_destination_name") == [
                    topics.replies: Double(replies.count), topics.otherReplies: Double(elsewhere.count),
                    topics.deadLetters: Double(letters.count),
                ])
            #expect(metrics.value("query_worker_dead_letters_total") == Double(letters.count))
            for histogram in ["queue_wait_seconds", "publish_wait_seconds"] {
                #expect(metrics.value("query_worker_\(histogram)_count") == count, "\(histogram)")
            }
            #expect(metrics.value("query_worker_transaction_replies_sum") == count)
            for histogram in ["transaction_replies", "transaction_duration_seconds"] {
                #expect(
                    metrics.value("query_worker_\(histogram)_count")
                        == metrics.value("query_worker_transactions_total", ["outcome": "committed"]))
            }
            #expect(metrics.brokenHistograms == [])

            let queries = Double(statistics.applycodequery.calls)
            let jobsAsked = Double(statistics.distinct_application_ids)
            #expect(metrics.value("query_worker_call_wait_seconds_count") == jobsAsked)
            #expect(metrics.value("query_worker_retries_total") == queries - jobsAsked)
            func exchanges(_ path: String) -> Double? {
                metrics.value("http_client_request_duration_seconds_count", ["url_template": path])
            }
            #expect(exchanges("/intp/marketcode/applycodequery") == queries)
            #expect(exchanges("/cgi-bin/stable_token") == Double(statistics.stable_token.calls))
            #expect(metrics.value("query_worker_token_fetches_total") == Double(statistics.stable_token.calls))
        }

        /// Both come from the same moment or another at rest.
        private func expectEqual(_ metrics: MetricsText, to status: WorkerStatusPage) async throws {
            func value(_ name: String, _ labels: [String: String] = [:]) -> Int {
                Int(metrics.value("query_worker_\(name)", labels) ?? -1)
            }
            #expect(status.ready && value("ready") == 1)
            #expect(status.jobs.succeeded_total == value("replies_total", ["outcome": "succeeded"]))
            #expect(status.jobs.failed_total == value("replies_total", ["outcome": "failed"]))
            #expect(status.jobs.dead_letters_total == value("dead_letters_total"))
            #expect(status.jobs.in_flight == value("jobs_in_flight"))
            #expect(status.jobs.replies_waiting == value("replies_waiting"))
            #expect(status.calls.retries_total == value("retries_total"))
            #expect(status.lag == value("lag"))
            #expect(status.partitions.map(\.lag) == (0..<4).map { value("partition_lag", ["partition": "\($0)"]) })
            #expect(status.transactions.failed_total == value("transactions_total", ["outcome": "failed"]))
            let failures = metrics.values("query_worker_replies_total", by: "error_type").filter { !$0.key.isEmpty }
            #expect(Dictionary(uniqueKeysWithValues: status.failures.map { ($0.kind, Double($0.total)) }) == failures)
            #expect(status.failures.allSatisfy { (1...5).contains($0.recent.count) })
            #expect(status.accounts.first { $0.account == "wxtwo" }?.hold?.kind == "permission")
            #expect(value("account_on_hold", ["account": "wxtwo", "error_type": "permission"]) == 1)
            #expect(value("accounts", ["state": "on_hold"]) == 1)
        }

        /// What does not change at rest, as Prometheus has it.
        private func expectEqual(_ prometheus: PrometheusServer, to metrics: MetricsText) async throws {
            let names = [
                "query_worker_replies_total", "messaging_client_consumed_messages_total",
                "messaging_client_sent_messages_total", "messaging_process_duration_seconds_count",
                "http_client_request_duration_seconds_count", "query_worker_dead_letters_total",
                "query_worker_retries_total", "query_worker_publish_wait_seconds_count",
            ]
            for name in names {
                try await prometheus.wait(for: "sum(\(name))", toBe: try #require(metrics.value(name)))
            }
            // None of the scrapes was refused in part.
            let series = try await prometheus.values("scrape_samples_scraped")
            #expect(series == [Double(metrics.samples.count)])
        }
    }
}
