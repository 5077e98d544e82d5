internal import EventLoop
internal import Kafka

// From a batch's outcome to settled jobs, or to jobs that are published again.
extension QueryWorker {
    func settle(_ jobs: [AnsweredJob], group batchGroup: KafkaGroupMetadata, _ outcome: PublishOutcome) async {
        switch outcome {
        case .published:
            for job in jobs { countSent(job) }
            await settleWhatIsWritten(jobs)
        case .rejected(let failures):
            let places = places(in: jobs)
            dropWritten(jobs, except: failures.map(\.number))
            await replace(failures, at: places, in: jobs)
        case .refusedTogether(let suspects, let refused):
            suspect(suspects, at: places(in: jobs))
            dropWritten(jobs, except: refused)
            answerAgain(jobs)
        case .topicRefused(let error):
            await reroute(jobs, error)
        case .forbidden(let error):
            answerAgain(jobs)
            end(.permission("nothing may be published: \(error)"))
        case .notMember(let error):
            await membershipRefused(jobs.map(\.record.assignment), group: batchGroup, error)
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

    /// Its records are out, but for those that are still `open`.
    private func countSent(_ job: AnsweredJob, except open: [AnsweredJob.Outgoing] = []) {
        // By index, since each would be copied, part by part.
        for index in job.outgoing.indices {
            let role = job.outgoing[index].role
            if !open.isEmpty, open.contains(where: { $0.role == role }) { continue }
            meter.metrics.sent(to: job.outgoing[index].record.topic)
            if refusal != nil { refusal?.topics.remove(job.outgoing[index].record.topic) }
            if role == .deadLetter { meter.metrics.deadLetters += 1 }
        }
        job.outgoing = open
    }

    private func settled(_ jobs: [AnsweredJob]) {
        let now = clock.now
        for job in jobs {
            let assignment = job.record.assignment
            assignment.ledger.jobSettled(job.record.offset)
            assignment.progressedAt = now
            meter.metrics.replied(job.reply.outcome.failureKind?.name ?? "")
            meter.metrics.publishWait.observe(now - job.answeredAt)
            release(job)
        }
        answeredCount += jobs.count
    }

    private func settleWhatIsWritten(_ jobs: [AnsweredJob]) async {
        if configuration.delivery == .atLeastOnce { return await commit(jobs) }
        settled(jobs)
        committed(jobs)
    }

    /// For the idle watermark: what need not be committed again. And the group and the brokers are well again.
    private func committed(_ jobs: [AnsweredJob]) {
        for assignment in jobs.map(\.record.assignment) + watermarksInTransaction {
            assignment.committedWatermark = assignment.ledger.watermark
        }
        meter.metrics.transactions.committed(replies: jobs.count, after: clock.now - batchBegan)
        brokerHeardAt = clock.now
        membershipRefusedAt = nil
        if answered.isEmpty { isPublishingByTopics = false }
    }

    /// Puts jobs back that are not settled; those of lost partitions are dropped.
    func answerAgain(_ jobs: [AnsweredJob]) {
        answered.insert(contentsOf: jobs.filter { !$0.isLost }, at: 0)
        for job in jobs where job.isLost { drop(job) }
    }

    /// A job of a lost partition: its next owner answers it.
    func drop(_ job: AnsweredJob) {
        logger.debug("job left to the next owner", job.logMetadata)
        leave(job.jobID)
        release(job)
    }

    /// With at-least-once all records of a batch but these are out, and must not be written again.
    private func dropWritten(_ jobs: [AnsweredJob], except failed: [Int]) {
        guard configuration.delivery == .atLeastOnce else { return }
        let failed = Set(failed)
        var number = 0
        for job in jobs {
            let open = job.outgoing.filter { _ in
                defer { number += 1 }
                return failed.contains(number)
            }
            countSent(job, except: open)
        }
    }

    // MARK: Membership

    /// The group refuses the membership. What is being handed over is lost then, whatever the client believes: a loss during
    /// a drain raises no event. For the rest a newer membership may do, or the client learns of its loss by a heartbeat.
    private func membershipRefused(
        _ assignments: [PartitionAssignment], group batchGroup: KafkaGroupMetadata, _ error: KafkaError
    ) async {
        if let newer = consumer?.groupMetadata(), newer != batchGroup,
            !assignments.contains(where: { $0.state == .lost })
        {
            group = newer
            return
        }
        let revoking = (Array(partitions.values) + assignments).filter { $0.state == .revoking }
        logger.warning("membership refused", ["error": "\(error)", "lost": .integer(revoking.count)])
        lose(revoking)
        guard assignments.contains(where: { $0.state == .active }) else { return }
        let since = membershipRefusedAt ?? clock.now
        membershipRefusedAt = since
        if clock.now - since > .seconds(10) {
            return end(.fatal("the group refuses a membership that the consumer believes in: \(error)"))
        }
        await pauseSettling(for: .milliseconds(200))
    }

    /// Waits, unless the publishing is given up meanwhile.
    func pauseSettling(for duration: Duration) async {
        let interruption = Interruption()
        settling = interruption
        try? await interruption.sleep(for: duration, clock: clock)
        settling = nil
    }

    // MARK: At least once

    /// Commits what is done, now that the replies are out. If that fails for good, the next owner answers them again.
    private func commit(_ jobs: [AnsweredJob]) async {
        var attempt = 0
        while let consumer, let group, !publisherControl.isAbandoned {
            // Before the wait: who is lost during it is settled all the same.
            let lost = jobs.filter(\.isLost)
            let open = jobs.filter { !$0.isLost }
            // None, if all partitions are lost: librdkafka would refuse that, again and again.
            let offsets = offsets(settling: open)
            guard !offsets.isEmpty else { break }
            let interruption = Interruption()
            settling = interruption
            let answer = await commit(offsets, consumer, under: interruption)
            settling = nil
            guard let error = answer else {
                settled(open)
                committed(open)
                return answerAgain(lost)
            }
            attempt += 1
            if attempt % 20 == 1 { logger.warning("offsets not committed yet", ["error": "\(error)"]) }
            if error.saysNotMember {
                await membershipRefused(open.map(\.record.assignment), group: group, error)
            } else {
                await pauseSettling(for: .milliseconds(100))
            }
        }
        publisherControl.isAbandoned = false
        // Nothing of them is left to be written; the commit is tried again with the next batch.
        answerAgain(jobs)
    }

    /// - Returns: why the offsets are not committed; nil if they are.
    private func commit(
        _ offsets: [KafkaOffset], _ consumer: KafkaConsumer, under interruption: Interruption
    ) async -> KafkaError? {
        do {
            return try await consumer.commit(offsets, under: interruption)
        } catch {
            return KafkaError(code: .timedOut, reason: "given up")
        }
    }

    // MARK: Outcome unknown

    /// After a commit whose outcome nobody knows, the committed offsets and maps say which replies are out. They are
    /// worth any wait: without them nothing is published again. Only the loss of the partitions ends it.
    private func settleWhatIsCommitted(of jobs: [AnsweredJob], after error: KafkaError) async {
        for job in jobs where job.isLost { drop(job) }
        let jobs = jobs.filter { !$0.isLost }
        guard !jobs.isEmpty else { return meter.metrics.transactions.ended(.lost) }
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
        if done.isEmpty {
            meter.metrics.transactions.ended(.failed)
        } else {
            meter.metrics.transactions.committed(replies: done.count, after: clock.now - batchBegan)
        }
        for job in done { countSent(job) }
        settled(done)
        answerAgain(open)
    }
}
