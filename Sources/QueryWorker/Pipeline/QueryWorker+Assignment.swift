internal import EventLoop
internal import Kafka

// What the group gives and takes. A partition is worked on only between `assign` and `unassign`, and what is committed
// for it carries the membership of that time.
extension QueryWorker {
    func handle(_ event: KafkaConsumerEvent) {
        switch event {
        case .assigned(let partitions): assigned(partitions)
        case .revoked(let partitions, let isLost): revoked(partitions, isLost: isLost)
        case .failed(let error): failed(error)
        case .partitionFailed(let partition, let error): partitionFailed(partition, error)
        case .statistics(let json): statisticsCame(json)
        case .log(let line): logger.log(line)
        }
    }

    // MARK: Assign

    private func assigned(_ partitions: [KafkaTopicPartition]) {
        guard phase == .running else { return refuse(partitions) }
        group = consumer?.groupMetadata()
        let interruption = Interruption()
        assigning = interruption
        EventLoopActor.startTask { [self] in
            do throws(Interrupted) {
                let offsets = try await committedOffsets(of: partitions, under: interruption)
                start(offsets)
            } catch {
                refuse(partitions)
            }
            assigning = nil
        }
    }

    /// What is committed, with the maps; asked again for as long as a crashed owner's transaction is pending.
    func committedOffsets(
        of partitions: [KafkaTopicPartition], under interruption: Interruption
    ) async throws(Interrupted) -> [KafkaOffset] {
        var attempt = 0
        while let consumer, !partitions.isEmpty {
            // Short at first: the publisher's thread has other partitions' replies to publish meanwhile.
            let timeout = Duration.milliseconds(500 << min(attempt, 3))
            let answer = await publisher.read(consumer.committedOffsets, of: partitions, timeout: timeout)
            try interruption.check(.waits)
            switch answer {
            case .success(let offsets): return offsets
            case .failure(let error):
                attempt += 1
                if error.code == .groupAuthorizationFailed {
                    end(.permission("the group's offsets may not be read: \(error)"))
                }
                if attempt % 5 == 1 {
                    logger.warning(
                        "committed offsets not readable yet",
                        ["error": "\(error)", "partitions": "\(numbers(of: partitions))"])
                }
                try await interruption.sleep(for: .milliseconds(200), clock: clock)
            }
        }
        return []
    }

    private func start(_ offsets: [KafkaOffset]) {
        guard phase == .running, let consumer else { return refuse(offsets.map(\.topicPartition)) }
        var assignments: [PartitionAssignment] = []
        for offset in offsets {
            do throws(LedgerMap.Damaged) {
                let ledger = try ledger(for: offset)
                assignments.append(
                    PartitionAssignment(partition: offset.topicPartition.partition, ledger: ledger, at: clock.now))
            } catch {
                refuse(offsets.map(\.topicPartition))
                return end(foreignMetadata(of: offset, error))
            }
        }
        for assignment in assignments { partitions[assignment.partition] = assignment }
        do {
            try consumer.assign(offsets)
            isMember = true
            brokerHeardAt = clock.now
            meter.metrics.assigned += 1
            EventLoopActor.startTask { [probe] in
                await probe.hurry(consumer.leaders, for: offsets.map(\.topicPartition))
            }
            // The queue may hold what was fetched before, and then announces nothing.
            takeMessages()
            logger.info(
                "assigned",
                [
                    "partitions": .integer(offsets.count), "owned": .integer(partitions.count),
                    "numbers": "\(numbers(of: offsets.map(\.topicPartition)))",
                ])
            report()
        } catch {
            end(.fatal("the assignment could not be taken: \(error)"))
        }
    }

    func foreignMetadata(of offset: KafkaOffset, _ error: LedgerMap.Damaged) -> WorkerExit {
        ForeignMetadata(offset: offset, damage: error, groupID: configuration.kafka.groupID).exit
    }

    func ledger(for offset: KafkaOffset) throws(LedgerMap.Damaged) -> OffsetLedger {
        guard let committed = offset.offset else { return OffsetLedger() }
        do {
            return try OffsetLedger(committedOffset: committed, metadata: offset.metadata)
        } catch {
            guard configuration.foreignLedger == .ignore else { throw error }
            logger.warning(
                "foreign metadata ignored", ["partition": "\(offset.topicPartition)", "reason": "\(error.reason)"])
            return try OffsetLedger(committedOffset: committed, metadata: "")
        }
    }

    private func refuse(_ partitions: [KafkaTopicPartition]) {
        do {
            try consumer?.refuse(partitions)
        } catch {
            end(.fatal("partitions could not be refused, so that the rebalance stands still: \(error)"))
        }
    }

    private func giveBack(_ partitions: [KafkaTopicPartition]) {
        do {
            try consumer?.unassign(partitions)
        } catch {
            end(.fatal("partitions could not be given back, so that the rebalance stands still: \(error)"))
        }
    }

    // MARK: Revoke

    private func revoked(_ revoked: [KafkaTopicPartition], isLost: Bool) {
        logger.info(
            "revoked",
            ["partitions": .integer(revoked.count), "lost": .flag(isLost), "numbers": "\(numbers(of: revoked))"])
        let assignments = revoked.compactMap { partitions[$0.partition] }
        // With the eager protocol there is none until the next assignment.
        if isLost || consumer?.isCooperative == false { isMember = false }
        if isLost {
            meter.metrics.lost += 1
            lose(assignments)
            return giveBack(revoked)
        }
        meter.metrics.revoked += 1
        EventLoopActor.startTask { [self] in
            await handOver(assignments)
            giveBack(revoked)
        }
    }

    /// Lets what is on the wire finish within `rebalance.drain`, publishes what is finished, and leaves the rest.
    private func handOver(_ assignments: [PartitionAssignment]) async {
        for assignment in assignments where assignment.state == .active {
            assignment.state = .revoking
            assignment.interruptJobs(.waits)
        }
        hurryPublishing()
        let callLimit = clock.schedule(after: configuration.rebalanceDrain) {
            for assignment in assignments { assignment.interruptJobs(.everything) }
        }
        let publishLimit = clock.schedule(after: configuration.rebalanceDrain + Self.publishLimit) { [self] in
            let held = assignments.reduce(0) { $0 + $1.held }
            logger.warning("replies given up: they could not be published in time", ["count": .integer(held)])
            abandonPublishing()
            lose(assignments)
        }
        await conditions.wait { assignments.allSatisfy { $0.held == 0 || $0.state == .lost } }
        clock.cancel(callLimit)
        clock.cancel(publishLimit)
        forget(assignments)
    }

    /// How long finished replies may wait for their transaction once their partitions or the process must go.
    static var publishLimit: Duration { .seconds(10) }

    /// Partitions that are somebody else's already: nothing is committed for them, late results are dropped.
    func lose(_ assignments: [PartitionAssignment]) {
        for assignment in assignments {
            assignment.state = .lost
            assignment.interruptJobs(.everything)
        }
        forget(assignments)
        dropLost()
    }

    private func forget(_ assignments: [PartitionAssignment]) {
        for assignment in assignments where partitions[assignment.partition] === assignment {
            partitions[assignment.partition] = nil
        }
        conditions.recheck()
    }

    /// Replies of lost partitions that no batch has taken yet.
    private func dropLost() {
        let lost = answered.filter { $0.isLost }
        guard !lost.isEmpty else { return }
        answered.removeAll { $0.isLost }
        for job in lost { drop(job) }
    }

    // MARK: Errors

    private func failed(_ error: KafkaError) {
        if error.code == .groupAuthorizationFailed {
            return end(.permission("the group \"\(configuration.kafka.groupID)\" may not be joined: \(error)"))
        }
        guard error.isFatal else {
            return logger.warning("consumer error", ["error": "\(error)"])
        }
        // A fatal error silences rebalance events: nobody will tell us what we lose.
        lose(Array(partitions.values))
        end(.fatal("the consumer is out of its group for good: \(error)"))
    }

    private func partitionFailed(_ partition: KafkaTopicPartition, _ error: KafkaError) {
        if error.code == .topicAuthorizationFailed {
            return end(.permission("the topic \"\(partition.topic)\" may not be read: \(error)"))
        }
        guard [.autoOffsetReset, .offsetOutOfRange].contains(error.code),
            let assignment = partitions[partition.partition]
        else {
            return logger.warning("partition error", ["partition": "\(partition)", "error": "\(error)"])
        }
        logger.error(
            "offset out of range; going on from the partition's first record",
            [
                "partition": "\(partition)", "offset": "\(assignment.ledger.nextOffset.map(String.init) ?? "none")",
                "error": "\(error)",
            ])
        assignment.isRestarted = true
        wantsAssignmentAnew = true
        assignAnewIfWanted()
    }

    /// Has the consumer begin anew where it stands, and at the beginning of what is restarted. What it brings a second time,
    /// the ledgers skip. Not during a rebalance, whose events wait for other answers: the watchdog comes back.
    func assignAnewIfWanted() {
        guard wantsAssignmentAnew, phase == .running, assigning == nil,
            partitions.values.allSatisfy({ $0.state == .active })
        else { return }
        wantsAssignmentAnew = false
        let offsets = partitions.values.map { assignment in
            KafkaOffset(
                topicPartition(assignment.partition),
                offset: assignment.isRestarted ? nil : assignment.ledger.nextOffset)
        }
        do {
            try consumer?.assignAnew(offsets)
        } catch {
            end(.fatal("the partitions could not be assigned anew: \(error)"))
        }
    }

    private func numbers(of partitions: [KafkaTopicPartition]) -> String {
        partitions.map(\.partition).sorted().map(String.init).joined(separator: " ")
    }

    /// The first record after an offset that was out of range. Beyond what is known the log has only lost its beginning to
    /// retention, and the ledger goes on. Before that it is another log, whose offsets mean other records.
    func restarted(_ assignment: PartitionAssignment, at offset: Int64) -> PartitionAssignment {
        assignment.isRestarted = false
        guard let next = assignment.ledger.nextOffset, offset < next else { return assignment }
        logger.error(
            "the partition began anew: what was known of its records is forgotten, and all are answered",
            ["partition": .integer(assignment.partition), "offset": .integer(offset), "expected": .integer(next)])
        lose([assignment])
        let new = PartitionAssignment(partition: assignment.partition, ledger: OffsetLedger(), at: clock.now)
        partitions[assignment.partition] = new
        return new
    }
}
