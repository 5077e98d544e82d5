internal import EventLoop
internal import JSON
internal import WeChat

// What `/status` answers, and the status page shows.
extension WorkerStatus {
    var json: [UInt8] {
        var writer = JSONWriter(capacity: 8192)
        writer.beginObject()
        writer.key("instance")
        writeInstance(&writer)
        writer.key("ready")
        writer.bool(isReady)
        writer.key("not_ready")
        writer.array(findings) { writer, finding in
            writer.member("reason", finding.reason.rawValue)
            writer.member("message", finding.message)
        }
        writer.key("jobs")
        writeJobs(&writer)
        writer.key("calls")
        writeCalls(&writer)
        writer.key("rates")
        writeRates(&writer)
        writer.key("latency_ms")
        writeLatencies(&writer)
        writer.key("latency_total_ms")
        writeAllLatencies(&writer)
        writer.key("history")
        writeHistory(&writer)
        writer.member("lag", lag)
        writer.member("partitions_total", partitionsAssigned)
        writer.key("partitions")
        writer.array(partitions) { writer, partition in write(partition, &writer) }
        writer.member("accounts_total", accounts.shown.count { !$0.isComponent } + accounts.notShown)
        writer.key("accounts")
        writer.array(accounts.shown) { writer, account in write(account, &writer) }
        writer.key("transactions")
        writer.object { writer in
            writer.member("committed_total", metrics.transactions[.committed])
            writer.member("failed_total", metrics.transactions[.failed])
        }
        writer.key("failures")
        writeFailures(&writer)
        writer.endObject()
        return writer.bytes
    }

    private func writeInstance(_ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", identity.instanceID)
            writer.member("version", WorkerIdentity.version)
            writer.member("group", identity.groupID)
            writer.member("delivery", identity.delivery.rawValue)
            writer.member("phase", String(describing: phase))
            writer.member("started_at", identity.startedAt)
            writer.member("now", takenAt)
            writer.member("uptime_s", (takenAt - identity.startedAt).wholeMilliseconds / 1000)
            writer.member("jobs_topic", identity.jobsTopic)
            writer.member("replies_topic", identity.repliesTopic)
            writer.member("dead_letter_topic", identity.deadLetterTopic)
            writer.member("librdkafka", identity.librdkafka)
            writer.member("libcurl", identity.libcurl)
            writer.member("log_level", logLevel.name)
        }
    }

    private func writeJobs(_ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("in_flight", jobs.inFlight)
            writer.member("in_flight_limit", identity.maxJobsInFlight)
            writer.member("bytes_held", jobs.bytesHeld)
            writer.member("bytes_held_limit", identity.maxBytesHeld)
            writer.member("oldest_age_ms", jobs.oldest?.age.wholeMilliseconds)
            writer.member("oldest_job_id", jobs.oldest?.jobID)
            writer.member("succeeded_total", metrics.succeededCount)
            writer.member("failed_total", metrics.failedCount)
            writer.member("dead_letters_total", metrics.deadLetters)
            writer.member("replies_waiting", jobs.repliesWaiting)
        }
    }

    private func writeCalls(_ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("in_flight", calls.inFlight)
            writer.member("in_flight_limit", identity.maxCalls)
            writer.member("waiting", calls.waiting)
            writer.member("retries_total", metrics.retries.values.reduce(0, +))
            writer.key("host_down")
            writer.bool(calls.isHostDown)
            writer.key("held")
            writer.bool(calls.areHeld)
        }
    }

    // MARK: Recent figures

    private func writeRates(_ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("window_s", RecentFigures.rateWindow.wholeMilliseconds / 1000)
            writer.member("jobs_per_s", tenths: recent.jobsPerSecond)
            writer.member("calls_per_s", tenths: recent.callsPerSecond)
            writer.member("failures_per_s", tenths: recent.failuresPerSecond)
        }
    }

    private func writeLatencies(_ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("window_s", RecentFigures.latencyWindow.wholeMilliseconds / 1000)
            writer.key("process")
            write(recent.processing, &writer)
            writer.key("call")
            write(recent.calls, &writer)
            writer.key("queue_wait")
            write(recent.queueWait, &writer)
            writer.key("call_wait")
            write(recent.callWait, &writer)
            writer.key("publish_wait")
            write(recent.publishWait, &writer)
            writer.key("transaction")
            write(recent.transactions, &writer)
        }
    }

    /// Since the start.
    private func writeAllLatencies(_ writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("process")
            write(RecentFigures.Percentiles(metrics.allProcessing), &writer)
            writer.key("call")
            write(RecentFigures.Percentiles(metrics.exchanges.all), &writer)
            writer.key("queue_wait")
            write(RecentFigures.Percentiles(metrics.queueWait), &writer)
            writer.key("call_wait")
            write(RecentFigures.Percentiles(metrics.callWait), &writer)
            writer.key("publish_wait")
            write(RecentFigures.Percentiles(metrics.publishWait), &writer)
            writer.key("transaction")
            write(RecentFigures.Percentiles(metrics.transactions.duration), &writer)
        }
    }

    private func write(_ percentiles: RecentFigures.Percentiles, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("p50", tenths: percentiles.p50.map { $0 * 1000 })
            writer.member("p90", tenths: percentiles.p90.map { $0 * 1000 })
            writer.member("p99", tenths: percentiles.p99.map { $0 * 1000 })
        }
    }

    private func writeHistory(_ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("interval_s", RecentFigures.interval.wholeMilliseconds / 1000)
            writer.key("jobs_per_s")
            writer.numbers(recent.points.map(\.jobsPerSecond))
            writer.key("failures_per_s")
            writer.numbers(recent.points.map(\.failuresPerSecond))
            writer.key("process_p50_ms")
            writer.numbers(recent.points.map { $0.processing.p50.map { $0 * 1000 } })
            writer.key("process_p99_ms")
            writer.numbers(recent.points.map { $0.processing.p99.map { $0 * 1000 } })
            writer.key("in_flight")
            writer.numbers(recent.points.map { Double($0.inFlight) })
            writer.key("lag")
            writer.numbers(recent.points.map { $0.lag.map(Double.init) })
        }
    }

    // MARK: Rows

    private func write(_ partition: Partition, _ writer: inout JSONWriter) {
        writer.member("partition", partition.number)
        writer.member("state", partition.isActive ? "active" : "revoking")
        writer.member("lag", partition.lag)
        writer.member("jobs", partition.jobs)
        writer.member("watermark", partition.watermark)
        writer.member("ledger_span", partition.ledgerSpan)
        writer.key("paused_for")
        writer.beginArray()
        for pause in partition.pauses { writer.string(pause.name) }
        writer.endArray()
        writer.key("stuck")
        writer.bool(partition.isStuck)
        writer.key("silent")
        writer.bool(partition.isSilent)
    }

    private func write(_ account: AccountStatus, _ writer: inout JSONWriter) {
        func seconds(until time: WallTime) -> Int64 { max(0, (time - takenAt).wholeMilliseconds / 1000) }
        writer.member("account", account.name)
        writer.key("component")
        writer.bool(account.isComponent)
        writer.member("token", account.token.state.rawValue)
        writer.key("usable")
        writer.bool(account.isUsable)
        writer.member("expires_in_s", account.token.expiresAt.map(seconds))
        writer.member("jobs", account.isComponent ? nil : account.jobs ?? jobs.inFlight)
        if let failure = account.token.failure {
            writer.key("token_failure")
            writer.object { writer in
                write(failure, &writer)
                writer.member("next_try_in_s", account.token.nextTry.map(seconds))
            }
        }
        if let hold = account.hold {
            writer.key("hold")
            writer.object { writer in
                write(hold.failure, &writer)
                writer.member("since_s", max(0, (takenAt - hold.since).wholeMilliseconds / 1000))
                writer.member("probe_in_s", seconds(until: hold.probeAt))
                writer.key("jobs_wait")
                writer.bool(hold.hasJobsWait)
            }
        }
    }

    private func write(_ failure: APIFailure, _ writer: inout JSONWriter) {
        writer.member("kind", failure.kind.rawValue)
        writer.member("errcode", failure.errcode)
        writer.member("message", failure.message)
    }

    private func writeFailures(_ writer: inout JSONWriter) {
        writer.array(metrics.failures.kinds.sorted { $0.value.total > $1.value.total }) { writer, entry in
            writer.member("kind", entry.key)
            writer.member("total", entry.value.total)
            writer.member("last_at", entry.value.recent.first?.time)
            writer.key("recent")
            writer.array(entry.value.recent) { writer, failure in
                writer.member("job_id", failure.jobID)
                writer.member("at", failure.time)
                writer.member("account", failure.account)
                writer.member("partition", failure.source.partition)
                writer.member("offset", failure.source.offset)
                writer.member("errcode", failure.errcode)
                writer.member("message", failure.message)
            }
        }
    }
}
