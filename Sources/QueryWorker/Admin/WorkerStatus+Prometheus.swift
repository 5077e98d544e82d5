internal import EventLoop
internal import WeChat

// Names and labels are OpenTelemetry's where it has them, and ours begin with `query_worker_`. Every label comes from a
// closed list, or is capped: jobs are never in one.
extension WorkerStatus {
    /// All metrics, in Prometheus' text format.
    func prometheusText(loopDelay: Duration, process: ProcessFigures) -> [UInt8] {
        var text = PrometheusText()
        putMessaging(&text)
        putExchanges(&text)
        putHealth(&text, loopDelay: loopDelay)
        putReplies(&text)
        putWaits(&text)
        putTransactions(&text)
        putLoad(&text)
        putAccounts(&text)
        putPartitions(&text)
        putProcess(&text, process)
        return text.bytes
    }

    // MARK: OpenTelemetry's

    private func putMessaging(_ text: inout PrometheusText) {
        text.begin(
            "messaging_process_duration_seconds", .histogram,
            "From the record's arrival in the worker to its answer; error_type is the reply's error.kind.")
        for (kind, histogram) in metrics.processing.entries.sorted(by: { $0.key < $1.key }) {
            text.sample(
                histogram,
                [
                    "messaging_system": "kafka", "messaging_operation_name": "process",
                    "messaging_destination_name": identity.jobsTopic,
                    "messaging_consumer_group_name": identity.groupID, "error_type": kind,
                ])
        }
        text.begin("messaging_client_consumed_messages_total", .counter, "Records taken from the job topic.")
        text.sample(
            metrics.recordsTaken,
            [
                "messaging_system": "kafka", "messaging_operation_name": "poll",
                "messaging_destination_name": identity.jobsTopic, "messaging_consumer_group_name": identity.groupID,
            ])
        text.begin("messaging_client_sent_messages_total", .counter, "Replies and dead letters committed, by topic.")
        for (topic, count) in metrics.recordsSent.entries.sorted(by: { $0.key < $1.key }) {
            text.sample(
                count,
                [
                    "messaging_system": "kafka", "messaging_operation_name": "send",
                    "messaging_destination_name": topic,
                ])
        }
    }

    private func putExchanges(_ text: inout PrometheusText) {
        text.begin(
            "http_client_request_duration_seconds", .histogram,
            "Each HTTP exchange with WeChat or with a service that keeps tokens, by endpoint and outcome.")
        let series = metrics.exchanges.durations.entries.map { (labels: $0.key.labels, histogram: $0.value) }
        for (labels, histogram) in series.sorted(by: { $0.labels < $1.labels }) {
            text.sample(
                histogram,
                [
                    "http_request_method": labels.method, "server_address": labels.server,
                    "server_port": labels.port, "url_template": labels.route,
                    "http_response_status_code": labels.status, "error_type": labels.errorType,
                ])
        }
    }

    // MARK: Health

    private func putHealth(_ text: inout PrometheusText, loopDelay: Duration) {
        text.begin("query_worker_info", .gauge, "Always 1; its labels tell which worker this is.")
        text.sample(
            1,
            [
                "version": WorkerIdentity.version, "instance_id": identity.instanceID,
                "consumer_group": identity.groupID, "delivery": identity.delivery.rawValue,
                "librdkafka_version": identity.librdkafka, "libcurl_version": identity.libcurl,
            ])
        text.begin("query_worker_ready", .gauge, "1 if /readyz says so.")
        text.sample(isReady)
        text.begin("query_worker_not_ready", .gauge, "1 for each reason why it is not ready.")
        for reason in Readiness.Reason.allCases {
            text.sample(findings.contains { $0.reason == reason }, ["reason": reason.rawValue])
        }
        text.begin("query_worker_event_loop_delay_seconds", .gauge, "How late the loop's last tick was.")
        text.sample(loopDelay.inSeconds)
        text.begin("query_worker_log_lines_suppressed_total", .counter, "Log lines left out, as repeats of others.")
        text.sample(suppressedLogLines)
        text.begin("query_worker_log_lines_dropped_total", .counter, "Log lines dropped, because nobody took them.")
        text.sample(droppedLogLines)
    }

    // MARK: Jobs

    private func putReplies(_ text: inout PrometheusText) {
        text.begin("query_worker_replies_total", .counter, "Replies committed; error_type is their error.kind.")
        for (kind, count) in metrics.replies.entries.sorted(by: { $0.key < $1.key }) {
            text.sample(count, ["outcome": kind.isEmpty ? "succeeded" : "failed", "error_type": kind])
        }
        text.begin(
            "query_worker_dead_letters_total", .counter, "Records that were no jobs, written to deadletter.topic.")
        text.sample(metrics.deadLetters)
        text.begin("query_worker_retries_total", .counter, "Calls made again, by what failed.")
        for (kind, count) in metrics.retries.sorted(by: { $0.key < $1.key }) {
            text.sample(count, ["error_type": kind])
        }
    }

    private func putWaits(_ text: inout PrometheusText) {
        text.begin(
            "query_worker_queue_wait_seconds", .histogram, "From the record's time stamp to its arrival in the worker.")
        text.sample(metrics.queueWait)
        text.begin(
            "query_worker_call_wait_seconds", .histogram, "From the record's arrival in the worker to its first call.")
        text.sample(metrics.callWait)
        text.begin("query_worker_publish_wait_seconds", .histogram, "From the answer to its commit.")
        text.sample(metrics.publishWait)
        text.begin(
            "query_worker_oldest_job_age_seconds", .gauge, "Since the oldest unfinished job was taken; 0 without.")
        text.sample(jobs.oldest?.age.inSeconds ?? 0)
    }

    private func putTransactions(_ text: inout PrometheusText) {
        text.begin("query_worker_transactions_total", .counter, "Batches of replies, by what became of them.")
        for outcome in TransactionMetrics.Outcome.allCases {
            text.sample(metrics.transactions[outcome], ["outcome": outcome.rawValue])
        }
        text.begin(
            "query_worker_transaction_duration_seconds", .histogram, "From a batch's first record to its commit.")
        text.sample(metrics.transactions.duration)
        text.begin("query_worker_transaction_replies", .histogram, "Replies in a committed batch.")
        text.sample(metrics.transactions.replies)
        text.begin("query_worker_rebalances_total", .counter, "Answers to the group, by what it gave or took.")
        text.sample(metrics.assigned, ["type": "assigned"])
        text.sample(metrics.revoked, ["type": "revoked"])
        text.sample(metrics.lost, ["type": "lost"])
        text.begin("query_worker_reassignments_total", .counter, "Times that the watchdog had partitions begin anew.")
        text.sample(metrics.reassignments)
    }

    private func putLoad(_ text: inout PrometheusText) {
        text.begin("query_worker_jobs_in_flight", .gauge, "Jobs held.")
        text.sample(jobs.inFlight)
        text.begin("query_worker_jobs_in_flight_limit", .gauge, "jobs.in.flight.max.")
        text.sample(identity.maxJobsInFlight)
        text.begin("query_worker_bytes_held", .gauge, "Memory that jobs and replies are taken to use.")
        text.sample(jobs.bytesHeld)
        text.begin("query_worker_bytes_held_limit", .gauge, "What they may use: half of memory.max.")
        text.sample(identity.maxBytesHeld)
        text.begin("query_worker_calls_in_flight", .gauge, "Calls of jobs under way.")
        text.sample(calls.inFlight)
        text.begin("query_worker_calls_in_flight_limit", .gauge, "api.concurrency.")
        text.sample(identity.maxCalls)
        text.begin("query_worker_calls_waiting", .gauge, "Jobs that wait for a place among the calls.")
        text.sample(calls.waiting)
        text.begin("query_worker_replies_waiting", .gauge, "Replies that wait for their commit.")
        text.sample(jobs.repliesWaiting)
        text.begin("query_worker_host_down", .gauge, "1 while WeChat as a whole cannot be reached.")
        text.sample(calls.isHostDown)
        text.begin("query_worker_calls_held", .gauge, "1 while no call begins since replies hold too much memory.")
        text.sample(calls.areHeld)
        text.begin(
            "query_worker_credentials_refresher", .gauge,
            "1 while this instance refreshes the credentials of all (credentials.store=kafka).")
        text.sample(isRefresher ?? false)
    }

    // MARK: Accounts

    private func putAccounts(_ text: inout PrometheusText) {
        text.begin("query_worker_accounts", .gauge, "Accounts in use, by whether calls can be made for them.")
        text.sample(accounts.usable, ["state": "usable"])
        text.sample(accounts.onHold, ["state": "on_hold"])
        text.sample(accounts.withoutToken, ["state": "without_token"])
        text.begin("query_worker_accounts_not_shown", .gauge, "Accounts without metrics of their own, being too many.")
        text.sample(accounts.notShown)
        text.begin("query_worker_account_on_hold", .gauge, "1 for each account on hold; error_type is the cause.")
        for account in accounts.shown {
            guard let hold = account.hold else { continue }
            text.sample(1, ["account": account.name, "error_type": hold.failure.kind.rawValue])
        }
        text.begin("query_worker_account_jobs", .gauge, "Jobs held, by account.")
        for account in accounts.shown where !account.isComponent {
            text.sample(account.jobs ?? jobs.inFlight, ["account": account.name])
        }
        text.begin(
            "query_worker_token_expiry_timestamp_seconds", .gauge,
            "When the access token in use ends, in seconds since 1970; by account or platform.")
        for account in accounts.shown {
            guard let expiry = account.token.expiresAt else { continue }
            text.sample(Double(expiry.millisecondsSince1970) / 1000, ["account": account.name])
        }
        text.begin("query_worker_token_fetches_total", .counter, "Calls for access tokens, by outcome.")
        text.sample(metrics.tokensFetched, ["outcome": "succeeded"])
        text.sample(metrics.tokenFetchesFailed, ["outcome": "failed"])
        text.begin("query_worker_token_refusals_total", .counter, "Access tokens that WeChat refused while in use.")
        text.sample(metrics.tokensRefused)
    }

    // MARK: Partitions

    private func putPartitions(_ text: inout PrometheusText) {
        text.begin("query_worker_partitions_assigned", .gauge, "Partitions that this worker owns.")
        text.sample(partitionsAssigned)
        text.begin(
            "query_worker_partitions_not_shown", .gauge, "Partitions without metrics of their own, being too many.")
        text.sample(partitionsAssigned - partitions.count)
        text.begin("query_worker_lag", .gauge, "Records of all partitions that are not answered yet, as far as known.")
        if let lag { text.sample(lag) }
        putEach(&text, "query_worker_partition_lag", "Records from the committed watermark to the end.") { $0.lag }
        putEach(&text, "query_worker_partition_jobs", "Jobs held, by partition.") { Int64($0.jobs) }
        putEach(&text, "query_worker_ledger_span", "Offsets from the watermark to the last one taken.") {
            $0.ledgerSpan
        }
        putEach(&text, "query_worker_partition_stuck", "1 where there is work, and nothing gets done.") {
            $0.isStuck ? 1 : nil
        }
        text.begin("query_worker_partition_paused", .gauge, "1 where the worker does not fetch, by reason.")
        for partition in partitions {
            for pause in partition.pauses {
                text.sample(1, ["partition": "\(partition.number)", "reason": pause.name])
            }
        }
    }

    private func putEach(
        _ text: inout PrometheusText, _ name: String, _ help: StaticString, _ value: (Partition) -> Int64?
    ) {
        text.begin(name, .gauge, help)
        for partition in partitions {
            guard let value = value(partition) else { continue }
            text.sample(value, ["partition": "\(partition.number)"])
        }
    }

    // MARK: The process

    private func putProcess(_ text: inout PrometheusText, _ process: ProcessFigures) {
        text.begin("process_cpu_seconds_total", .counter, "User and system CPU time.")
        text.sample(process.cpuTime)
        text.begin("process_resident_memory_bytes", .gauge, "Resident memory.")
        text.sample(process.residentBytes)
        text.begin("process_start_time_seconds", .gauge, "When the process began, in seconds since 1970.")
        text.sample(process.startTime)
        text.begin("process_open_fds", .gauge, "Open file descriptors.")
        text.sample(process.openDescriptors)
        text.begin("process_max_fds", .gauge, "Most file descriptors that may be open.")
        text.sample(process.maxDescriptors)
    }
}
