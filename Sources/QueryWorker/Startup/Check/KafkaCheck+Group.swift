internal import Glibc
internal import Kafka

extension KafkaCheck {
    /// What the group has committed, what is left to do, and whether this worker can go on from there.
    /// - Parameter partitions: nil where the job topic is not there, or may not be seen.
    func group(_ partitions: Int?, _ admin: KafkaAdmin) -> [CheckFinding] {
        guard let partitions else { return skipped([groupSubject], "see topic \(configuration.jobsTopic)") }
        beginning("the group")
        do throws(KafkaError) {
            let all = (0..<Int32(partitions)).map {
                KafkaTopicPartition(topic: configuration.jobsTopic, partition: $0)
            }
            let (committed, isPending) = try committedOffsets(of: all, admin)
            let foreign = committed.compactMap(foreignMetadata)
            let state = try state(of: committed, admin)
            return foreign + (foreign.isEmpty ? [CheckFinding(.ok, groupSubject, state)] : [])
                + (isPending ? [pendingTransaction] : [])
        } catch {
            return [
                CheckFinding(
                    groupSubject, error,
                    grant: "Read on group \(configuration.kafka.groupID), and Describe on topic "
                        + configuration.jobsTopic)
            ]
        }
    }

    /// Waits a moment for transactions that are under way: a worker beside this check commits all the time.
    private func committedOffsets(
        of partitions: [KafkaTopicPartition], _ admin: KafkaAdmin
    ) throws(KafkaError) -> (offsets: [KafkaOffset], isPending: Bool) {
        let group = configuration.kafka.groupID
        let deadline = ContinuousClock.now + .seconds(3)
        while .now < deadline {
            do {
                return (
                    try admin.committedOffsets(of: group, partitions: partitions, stable: true, timeout: timeout), false
                )
            } catch {
                guard error.code == .unstableOffsetCommit else { throw error }
                usleep(50_000)
            }
        }
        return (try admin.committedOffsets(of: group, partitions: partitions, timeout: timeout), true)
    }

    private var pendingTransaction: CheckFinding {
        CheckFinding(
            .warning, groupSubject, "a transaction with its offsets has been open for longer than 3 s",
            remedy: "a worker waits for it before it takes jobs; if its producer is gone, the brokers abort it after "
                + "the time limit that the producer set (kafka.transaction.timeout.ms, here "
                + "\(formatDuration(configuration.kafka.transactionTimeout)))")
    }

    private func foreignMetadata(_ offset: KafkaOffset) -> CheckFinding? {
        guard let watermark = offset.offset else { return nil }
        do throws(LedgerMap.Damaged) {
            _ = try OffsetLedger(committedOffset: watermark, metadata: offset.metadata)
            return nil
        } catch {
            let foreign = ForeignMetadata(offset: offset, damage: error, groupID: configuration.kafka.groupID)
            guard configuration.foreignLedger == .ignore else {
                return CheckFinding(.failed(.configuration), groupSubject, foreign.found, remedy: foreign.remedy)
            }
            return CheckFinding(
                .warning, groupSubject, "\(foreign.found); ignored, as ledger.foreign=ignore wants it")
        }
    }

    private func state(of offsets: [KafkaOffset], _ admin: KafkaAdmin) throws(KafkaError) -> String {
        var lag: Int64 = 0
        for offset in offsets {
            let (beginning, end) = try admin.offsets(of: offset.topicPartition, timeout: timeout)
            lag += max(0, end - (offset.offset ?? beginning))
        }
        let members = try admin.memberCount(of: configuration.kafka.groupID, timeout: timeout)
        let committed = offsets.count { $0.offset != nil }
        let progress =
            committed == 0
            ? "nothing committed yet: begins at the first record"
            : "offsets committed for \(committed) of \(offsets.count) partitions"
        return progress + ", lag \(lag) \(lag == 1 ? "record" : "records"), "
            + "\(members) \(members == 1 ? "member" : "members")"
    }
}
