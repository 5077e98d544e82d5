internal import EventLoop
internal import Kafka

// From a batch's outcome to settled jobs, or to jobs that are published again.
extension QueryWorker {
    func settle(_ jobs: [AnsweredJob], group batchGroup: KafkaGroupMetadata, _ outcome: PublishOutcome) async {
        switch outcome {
        case .published:
            for job in jobs { job.outgoing = [] }
            await settleWhatIsWritten(jobs)
        case .rejected(let failures):
            dropWritten(jobs, except: failures.map(\.number))
            await replace(failures, in: jobs)
        case .tooLargeTogether(let numbers):
            suspect(numbers, in: jobs)
            dropWritten(jobs, except: numbers)
            answerAgain(jobs)
        case .topicRefused(let error):
            await reroute(jobs, error)
        case .notMember(let error):
            membershipRefused(jobs.map(\.record.assignment), group: batchGroup, error)
            answerAgain(jobs)
        case .unknown(let error):
            await settleWhatIsCommitted(of: jobs, after: error)
        case .abandoned:
            publisherControl.isAbandoned = false
            answerAgain(jobs)
        case .fenced(let error):
            answerAgain(jobs)
            end(
                .fatal(
                    "another producer uses this worker's transactional id \"\(publisher.transactionalID)\" "
                        + "(\(error.code.name)). Give each instance its own instance.id"))
        }
    }

    private func settled(_ jobs: [AnsweredJob]) {
        let now = clock.now
        for job in jobs {
            let assignment = job.record.assignment
            assignment.ledger.jobSettled(job.record.offset)
            assignment.progressedAt = now
            release(job)
        }
        answeredCount += jobs.count
    }

    private func settleWhatIsWritten(_ jobs: [AnsweredJob]) async {
        if configuration.delivery == .atLeastOnce { return await commit(jobs) }
        settled(jobs)
        noteCommits(of: jobs)
    }

    /// For the idle watermark: what need not be committed again.
    private func noteCommits(of jobs: [AnsweredJob]) {
        for job in jobs { job.record.assignment.committedWatermark = job.record.assignment.ledger.watermark }
    }

    /// Puts jobs back that are not settled; those of lost partitions are dropped.
    func answerAgain(_ jobs: [AnsweredJob]) {
        answered.insert(contentsOf: jobs.filter { !$0.isLost }, at: 0)
        for job in jobs where job.isLost { drop(job) }
    }

    /// A job of a lost partition: its next owner answers it.
    func drop(_ job: AnsweredJob) {
        leave(job.jobID)
        release(job)
    }

    /// With at-least-once all records of a batch but these are out, and must not be written again.
    private func dropWritten(_ jobs: [AnsweredJob], except failed: [Int]) {
        guard configuration.delivery == .atLeastOnce else { return }
        let failed = Set(failed)
        var number = 0
        for job in jobs {
            job.outgoing = job.outgoing.filter { _ in
                defer { number += 1 }
                return failed.contains(number)
            }
        }
    }

    // MARK: Membership

    /// The group refuses the membership. A newer one may commit, if it still owns the partitions; else they are lost,
    /// whatever the client believes: a loss during a drain raises no event.
    private func membershipRefused(
        _ assignments: [PartitionAssignment], group batchGroup: KafkaGroupMetadata, _ error: KafkaError
    ) {
        if let newer = consumer?.groupMetadata(), newer != batchGroup,
            !assignments.contains(where: { $0.state == .lost })
        {
            group = newer
        } else {
            logger.warning("partitions lost", ["error": "\(error)", "partitions": .integer(partitions.count)])
            lose(Array(partitions.values) + assignments)
        }
    }

    // MARK: At least once

    /// Commits what is done, now that the replies are out. If that fails for good, the next owner answers them again.
    private func commit(_ jobs: [AnsweredJob]) async {
        let interruption = Interruption()
        settling = interruption
        defer { settling = nil }
        var attempt = 0
        while let consumer, let group {
            let open = jobs.filter { !$0.isLost }
            guard !open.isEmpty || !movedWatermarks.isEmpty else { break }
            do throws(Interrupted) {
                guard let error = try await consumer.commit(offsets(settling: open), under: interruption) else {
                    settled(open)
                    noteCommits(of: open)
                    for job in jobs where job.isLost { release(job) }
                    return
                }
                attempt += 1
                if error.saysNotMember { membershipRefused(open.map(\.record.assignment), group: group, error) }
                if attempt % 20 == 1 { logger.warning("offsets not committed yet", ["error": "\(error)"]) }
                try await interruption.sleep(for: .milliseconds(100), clock: clock)
            } catch {
                break
            }
        }
        publisherControl.isAbandoned = false
        for job in jobs { drop(job) }
    }

    // MARK: Outcome unknown

    /// After a commit whose outcome nobody knows, the committed offsets and maps say which replies are out. They are
    /// worth any wait: without them nothing is published again. Only the loss of the partitions ends it.
    private func settleWhatIsCommitted(of jobs: [AnsweredJob], after error: KafkaError) async {
        for job in jobs where job.isLost { drop(job) }
        let jobs = jobs.filter { !$0.isLost }
        guard !jobs.isEmpty else { return }
        let interruption = Interruption()
        settling = interruption
        defer { settling = nil }
        let partitions = Set(jobs.map { topicPartition($0.record.assignment.partition) })
        guard let offsets = try? await committedOffsets(of: Array(partitions), under: interruption) else {
            return await settleWhatIsCommitted(of: jobs, after: error)
        }
        var committed: [Int32: OffsetLedger] = [:]
        for offset in offsets {
            do throws(LedgerMap.Damaged) {
                committed[offset.topicPartition.partition] = try ledger(for: offset)
            } catch {
                answerAgain(jobs)
                return end(foreignMetadata(of: offset, error))
            }
        }
        func isDone(_ job: AnsweredJob) -> Bool {
            committed[job.record.assignment.partition]?.isDone(job.record.offset) ?? false
        }
        let done = jobs.filter { isDone($0) }
        let open = jobs.filter { !isDone($0) }
        logger.info(
            "outcome of a commit read back",
            ["error": "\(error)", "committed": .integer(done.count), "open": .integer(open.count)])
        settled(done)
        answerAgain(open)
    }
}
