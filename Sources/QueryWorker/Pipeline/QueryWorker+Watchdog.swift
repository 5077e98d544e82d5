internal import EventLoop
internal import Kafka
internal import WeChat

// Once a second: does everything still move?
extension QueryWorker {
    func watch() {
        _ = clock.schedule(after: .seconds(1)) { [weak self] in
            guard let self, phase != .stopped else { return }
            lookAround()
            watch()
        }
    }

    private func lookAround() {
        // Nothing else can be done about a thread that hangs in a call.
        let controls = [publisherControl, credentialStore?.publisherControl]
        if controls.contains(where: { $0?.isHanging(at: clock.now) == true }) {
            return finish(.fatal("a call to librdkafka's producer did not return"))
        }
        logger.flushSuppressed()
        if !hasCredit {
            starvedAt = clock.now
            // Nobody asks for records, so that nothing can be said of who brings none.
            for assignment in partitions.values { assignment.silence.interrupted() }
        }
        for assignment in partitions.values where assignment.state == .active {
            followPosition(of: assignment)
            reportIfStuck(assignment)
        }
        if !movedWatermarks.isEmpty { publishAnswered() }
        assignAnewIfWanted()
        probeSilentPartitions()
        report()
    }

    // MARK: The idle watermark

    /// What lies behind the last job (markers of transactions, records that compaction removed) is done too, once it is
    /// quiet: lag would else never be zero.
    private func followPosition(of assignment: PartitionAssignment) {
        guard assignment.held == 0, clock.now - assignment.deliveredAt >= .seconds(5),
            let position = consumer?.position(of: topicPartition(assignment.partition))
        else { return }
        assignment.ledger.positionReached(position)
        guard let watermark = assignment.ledger.watermark, watermark != assignment.committedWatermark,
            !(movedWatermarks + watermarksInTransaction).contains(where: { $0 === assignment })
        else { return }
        movedWatermarks.append(assignment)
    }

    // MARK: Work that stands still

    private func reportIfStuck(_ assignment: PartitionAssignment) {
        let standstill = clock.now - assignment.progressedAt
        var isStuck = assignment.held > 0 && standstill >= configuration.stuckAfter
        if isStuck, isExplained(assignment) {
            isStuck = false
            assignment.progressedAt = clock.now
        }
        guard isStuck != assignment.isReportedStuck else { return }
        assignment.isReportedStuck = isStuck
        guard isStuck else {
            return logger.info("partition moves again", ["partition": .integer(assignment.partition)])
        }
        let details: LogMetadata = [
            "partition": .integer(assignment.partition), "jobs": .integer(assignment.held),
            "calling": .integer(assignment.running.count), "for_ms": .integer(standstill.wholeMilliseconds),
        ]
        logger.error(
            "partition stuck: it has work, and nothing gets done; its oldest job is named",
            details.appending(contentsOf: nameOfOldestJob(in: assignment)))
    }

    /// The one that runs; where all have run, the one whose reply waits.
    private func nameOfOldestJob(in assignment: PartitionAssignment) -> LogMetadata {
        if let oldest = assignment.running.min(by: { $0.key < $1.key })?.value {
            return LogMetadata(oldest.context.job, account: oldest.job.account)
        }
        let waiting = (answered + inTransaction).filter { $0.record.assignment === assignment }
        return waiting.min { $0.record.offset < $1.record.offset }?.logName ?? [:]
    }

    /// All its jobs wait for their accounts or for WeChat, which is logged as that.
    private func isExplained(_ assignment: PartitionAssignment) -> Bool {
        assignment.running.count == assignment.held
            && assignment.running.values.allSatisfy { client.isHeldUp($0.job.account) }
    }

    // MARK: Partitions that bring nothing

    /// Those that the worker would take records of, and that have brought none for a while.
    private var silentPartitions: [PartitionAssignment] {
        let patience = configuration.stuckAfter / 2
        guard clock.now - starvedAt >= patience else { return [] }
        return partitions.values.filter { assignment in
            assignment.state == .active && assignment.pauseReasons.isEmpty
                && clock.now - assignment.deliveredAt >= patience
        }
    }

    private func probeSilentPartitions() {
        let silent = silentPartitions
        guard !silent.isEmpty, !isProbing, clock.now - probedAt >= configuration.stuckAfter / 8 else { return }
        isProbing = true
        EventLoopActor.startTask { [self] in
            let ranges = await probe.ranges(of: silent.map { topicPartition($0.partition) })
            isProbing = false
            probedAt = clock.now
            for assignment in silent { judge(assignment, ranges[assignment.partition]) }
        }
    }

    private func judge(_ assignment: PartitionAssignment, _ range: Range<Int64>?) {
        guard phase == .running, partitions[assignment.partition] === assignment, assignment.state == .active,
            assignment.pauseReasons.isEmpty, let consumer
        else { return }
        guard let range else { return assignment.silence.interrupted() }
        let name = topicPartition(assignment.partition)
        let position = consumer.position(of: name) ?? assignment.ledger.nextOffset ?? range.lowerBound
        let fetchedEnd = consumer.fetchedRange(of: name)?.upperBound
        let action = assignment.silence.probed(
            position: position, end: range.upperBound, fetchedEnd: fetchedEnd, at: clock.now,
            limit: configuration.stuckAfter / 2)
        let details: LogMetadata = [
            "partition": .integer(assignment.partition), "position": .integer(position),
            "end": .integer(range.upperBound),
        ]
        switch action {
        case .none: break
        case .assignAnew:
            logger.error("partition fetches nothing although it has records; all are assigned anew", details)
            wantsAssignmentAnew = true
            meter.metrics.reassignments += 1
            assignAnewIfWanted()
        case .giveUp where fetchedEnd == range.upperBound:
            // It fetches up to the end: what lies there is nothing that is handed out.
            assignment.silence.interrupted()
        case .giveUp:
            logger.error("partition fetches nothing although it has records, also after a new assignment", details)
            end(.stuck("partition \(name) fetches nothing: it stands at \(position), and ends at \(range.upperBound)"))
        }
    }
}
