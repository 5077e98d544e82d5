internal import EventLoop
internal import JSON
internal import Kafka
internal import WeChat

// What the admin port tells. Renewed once a second, and when the phase or the assignment changes.
extension QueryWorker {
    func report() {
        guard let board else { return }
        let accounts = client.accountsStatus(limit: WorkerStatus.maxAccounts)
        let findings = readiness.judge(signals(accounts), at: clock.now)
        if findings.map(\.reason) != reportedReasons { readinessChanged(to: findings) }
        var status = WorkerStatus(board.identity, phase: phase, findings: findings)
        status.takenAt = clock.wallTime
        status.logLevel = logger.level
        status.suppressedLogLines = logger.suppressedCount
        status.droppedLogLines = logger.droppedCount
        status.jobs = jobsStatus
        status.calls = WorkerStatus.Calls(
            inFlight: client.callsInFlight, waiting: client.callsWaiting, isHostDown: client.isHostDown,
            areHeld: client.holdsCalls)
        status.accounts = accounts
        status.isRefresher = credentialStore?.isRefresher
        let all = partitions.values.sorted { $0.partition < $1.partition }.map(partitionStatus)
        let lags = all.compactMap(\.lag)
        status.lag = lags.isEmpty && !all.isEmpty ? nil : lags.reduce(0, +)
        status.partitionsAssigned = all.count
        let troubledFirst = all.filter(\.isInTrouble) + all.filter { !$0.isInTrouble }
        status.partitions = troubledFirst.prefix(WorkerStatus.maxPartitions).sorted { $0.number < $1.number }
        status.metrics = meter.metrics
        recent.update(meter.metrics, inFlight: jobsHeld, lag: status.lag, at: clock.now)
        status.recent = recent
        board.put(status)
    }

    private func readinessChanged(to findings: [Readiness.Finding]) {
        reportedReasons = findings.map(\.reason)
        guard phase == .running else { return }
        if findings.isEmpty {
            logger.info("ready")
        } else if findings.map(\.reason) != [.starting] {
            logger.warning(
                "not ready",
                ["reasons": "\(findings.map { "\($0.reason.rawValue): \($0.message)" }.joined(separator: "; "))"])
        }
    }

    // MARK: Readiness

    private func signals(_ accounts: AccountsStatus) -> Readiness.Signals {
        var signals = Readiness.Signals()
        signals.phase = phase
        signals.startStep = startStep
        if phase == .starting, startStep.isEmpty { signals.startStep = "waits for a token: \(trouble(of: accounts))" }
        signals.isMember = isMember
        signals.brokerHeardAt = brokerHeardAt
        signals.isAnyAccountUsable = accounts.isAnyUsable
        signals.accountTrouble = trouble(of: accounts)
        for assignment in partitions.values where assignment.state == .active {
            if assignment.silence.isConfirmed { signals.silentPartitions.append(assignment.partition) }
            if assignment.isReportedStuck { signals.stuckPartitions.append(assignment.partition) }
            if assignment.isBraked(limit: configuration.maxConsecutiveDeadLetters) {
                signals.brakedPartitions.append(assignment.partition)
            }
        }
        let waiting = inTransaction + answered
        signals.replyWaitsSince = waiting.map(\.answeredAt).min()
        // What such a topic refused is out, or another worker has it.
        if let topics = refusal?.topics, waiting.allSatisfy({ $0.topics.isDisjoint(with: topics) }) { refusal = nil }
        signals.refusal = refusal?.message
        return signals
    }

    /// Why none of the accounts can be used, by the example of the first.
    private func trouble(of accounts: AccountsStatus) -> String {
        guard let account = accounts.shown.first(where: { !$0.isUsable }) else { return "none is known yet" }
        let failure = account.hold?.failure ?? account.token.failure
        let reason = failure.map { "\($0.kind.rawValue): \($0.message)" } ?? "no token yet"
        let others = accounts.onHold + accounts.withoutToken - (account.isComponent ? 0 : 1)
        return "\(account.name): \(reason)" + (others > 0 ? ", and \(others) more" : "")
    }

    /// Whether brokers answer, by librdkafka's own account of their connections.
    func statisticsCame(_ json: String) {
        var json = json
        let root = json.withUTF8 { try? statistics.parse(UnsafeRawBufferPointer($0)) }
        guard let brokers = root?["brokers"]?.members else { return }
        var heardAt: MonotonicTime?
        for broker in brokers {
            guard let idle = broker.value["rxidle"]?.int64, idle >= 0 else { continue }
            let at = clock.now + .microseconds(-idle)
            heardAt = max(heardAt ?? at, at)
        }
        guard let heardAt else { return }
        brokerHeardAt = max(brokerHeardAt ?? heardAt, heardAt)
    }

    // MARK: Parts

    private var jobsStatus: WorkerStatus.Jobs {
        var jobs = WorkerStatus.Jobs()
        jobs.inFlight = jobsHeld
        jobs.bytesHeld = bytesHeld
        jobs.repliesWaiting = answered.count + inTransaction.count
        let running = partitions.values.lazy.flatMap(\.running.values).map { ($0.record.receivedAt, $0.context.jobID) }
        let waiting = (inTransaction + answered).lazy.map { ($0.record.receivedAt, $0.jobID) }
        let oldest = [running.min { $0.0 < $1.0 }, waiting.min { $0.0 < $1.0 }].compactMap { $0 }.min { $0.0 < $1.0 }
        jobs.oldest = oldest.map { (clock.now - $0.0, $0.1) }
        return jobs
    }

    private func partitionStatus(_ assignment: PartitionAssignment) -> WorkerStatus.Partition {
        var status = WorkerStatus.Partition(number: assignment.partition)
        status.isActive = assignment.state == .active
        status.jobs = assignment.held
        status.watermark = assignment.ledger.watermark
        status.ledgerSpan = assignment.ledger.span
        status.pauses = assignment.pauseReasons.sorted { $0.name < $1.name }
        status.isStuck = assignment.isReportedStuck
        status.isSilent = assignment.silence.isConfirmed
        if let range = consumer?.fetchedRange(of: topicPartition(assignment.partition)) {
            status.lag = max(0, range.upperBound - (assignment.ledger.watermark ?? range.lowerBound))
        }
        return status
    }
}
