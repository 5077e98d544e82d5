internal import EventLoop
internal import Kafka

// From finished replies to settled jobs. One batch is under way at a time; it takes all that finished while the last one
// was, so that batches grow with the load and with the broker's slowness.
extension QueryWorker {
    func publishAnswered() {
        guard !isPublishing, !answered.isEmpty else {
            if answered.count >= enoughToPublish { publishingPause?.resume() }
            return
        }
        isPublishing = true
        EventLoopActor.startTask { [self] in
            await pauseBetweenTransactions()
            while !answered.isEmpty, let group {
                let jobs = takeBatch()
                let outcome = await publisher.publish(batch(of: jobs, group: group))
                await settle(jobs, group: group, outcome)
                takeMessages()
                publishedAt = clock.now
                await pauseBetweenTransactions()
            }
            isPublishing = false
            conditions.recheck()
        }
    }

    /// Every transaction costs the same, however many replies it has: librdkafka's main thread spins for its timers, and
    /// the broker has the next one wait until the last one's markers are written. With a pause there are fewer, larger
    /// ones. A reply that comes after a quiet time of its own, as at low load, is published at once.
    private func pauseBetweenTransactions() async {
        let rest = publishedAt + .milliseconds(40) - clock.now
        guard rest > .zero, answered.count < enoughToPublish, phase == .running, !isHandingOver else { return }
        let pause = Waiter()
        publishingPause = pause
        let timer = clock.schedule(after: rest) { pause.resume() }
        // Under no interruption: the timer ends it, or whoever is in a hurry.
        try? await pause.wait(.waits, under: nil)
        clock.cancel(timer)
        publishingPause = nil
    }

    /// With so many waiting replies there is no more to gain, and soon no room left for jobs.
    private var enoughToPublish: Int { min(configuration.maxPublishBatch, configuration.maxJobsInFlight * 3 / 4) }

    /// Ends a pause: partitions or the process wait for what is answered.
    func hurryPublishing() { publishingPause?.resume() }

    private var isHandingOver: Bool { partitions.values.contains { $0.state == .revoking } }

    private func takeBatch() -> [AnsweredJob] {
        let jobs = Array(answered.prefix(configuration.maxPublishBatch))
        answered.removeFirst(jobs.count)
        return jobs
    }

    private func batch(of jobs: [AnsweredJob], group: KafkaGroupMetadata) -> PublishBatch {
        let byPartition = Dictionary(grouping: jobs) { $0.assignment.partition }
        let offsets = byPartition.compactMap { partition, jobs -> KafkaOffset? in
            guard let commit = jobs[0].assignment.ledger.commit(settling: jobs.lazy.map(\.offset)) else { return nil }
            return KafkaOffset(topicPartition(partition), offset: commit.watermark, metadata: commit.metadata)
        }
        return PublishBatch(records: jobs.map(\.record), offsets: offsets, group: group)
    }

    private func topicPartition(_ partition: Int32) -> KafkaTopicPartition {
        KafkaTopicPartition(topic: configuration.jobsTopic, partition: partition)
    }

    // MARK: Settling

    private func settle(_ jobs: [AnsweredJob], group batchGroup: KafkaGroupMetadata, _ outcome: PublishOutcome) async {
        switch outcome {
        case .committed:
            for job in jobs { settled(job) }
        case .rejected(let failures):
            await replace(failures, in: jobs)
        case .notMember(let error):
            membershipRefused(jobs, group: batchGroup, error)
        case .unknown(let error):
            await settleWhatIsCommitted(of: jobs, after: error)
        case .abandoned:
            publisherControl.isAbandoned = false
            answerAgain(jobs)
        case .fenced(let error):
            answerAgain(jobs)
            end(
                .fatal(
                    "another producer uses this worker's transactional id \"\(transactionalID)\" (\(error.code.name)). "
                        + "Give each instance its own instance.id"))
        }
    }

    private func settled(_ job: AnsweredJob) {
        job.assignment.ledger.jobSettled(job.offset)
        answeredCount += 1
        release(job.assignment, size: job.size)
    }

    /// Puts jobs back whose replies were not committed; those of lost partitions are dropped.
    private func answerAgain(_ jobs: [AnsweredJob]) {
        answered.insert(contentsOf: jobs.filter { $0.assignment.state != .lost }, at: 0)
        for job in jobs where job.assignment.state == .lost { release(job.assignment, size: job.size) }
    }

    /// The group refuses the batch's membership. A newer one may commit, if it still owns the partitions; else they are
    /// lost, whatever the client believes: a loss during a drain raises no event.
    private func membershipRefused(_ jobs: [AnsweredJob], group batchGroup: KafkaGroupMetadata, _ error: KafkaError) {
        if let newer = consumer?.groupMetadata(), newer != batchGroup,
            !jobs.contains(where: { $0.assignment.state == .lost })
        {
            group = newer
        } else {
            logger.warning("partitions lost", ["error": "\(error)", "partitions": .integer(partitions.count)])
            lose(Array(partitions.values) + jobs.map(\.assignment))
        }
        answerAgain(jobs)
    }

    /// After a commit whose outcome nobody knows, the committed offsets and maps say which replies are out. They are
    /// worth any wait: without them nothing is published again. Only the loss of the partitions ends it.
    private func settleWhatIsCommitted(of jobs: [AnsweredJob], after error: KafkaError) async {
        for job in jobs where job.assignment.state == .lost { release(job.assignment, size: job.size) }
        let jobs = jobs.filter { $0.assignment.state != .lost }
        guard !jobs.isEmpty else { return }
        let interruption = Interruption()
        readingBack = interruption
        defer { readingBack = nil }
        let partitions = Set(jobs.map { topicPartition($0.assignment.partition) })
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
        let done = jobs.filter { committed[$0.assignment.partition]?.isDone($0.offset) ?? false }
        let open = jobs.filter { !(committed[$0.assignment.partition]?.isDone($0.offset) ?? false) }
        logger.info(
            "outcome of a commit read back",
            ["error": "\(error)", "committed": .integer(done.count), "open": .integer(open.count)])
        for job in done { settled(job) }
        answerAgain(open)
    }

    /// Has the publisher give up what is not committed: its partitions, or the process, go away.
    func abandonPublishing() {
        publisherControl.isAbandoned = true
        readingBack?.interrupt(.everything, cause: .handedOver)
    }

    // MARK: Records that can't be written

    private func replace(_ failures: [KafkaProducer.DeliveryFailure], in jobs: [AnsweredJob]) async {
        var jobs = jobs
        var isStuck = false
        for failure in failures where jobs.indices.contains(failure.number) {
            let job = jobs[failure.number]
            logger.warning(
                "reply replaced",
                [
                    "job_id": "\(job.reply.identity.jobID ?? "")", "topic": "\(job.route.topic)",
                    "error": "\(failure.error)",
                ])
            if let replacement = replacement(for: job, failure.error) {
                jobs[failure.number] = replacement
            } else {
                isStuck = true
            }
        }
        answerAgain(jobs)
        // The default topic itself refuses. Nothing is given up; it is tried again, slowly.
        if isStuck { try? await Interruption().sleep(for: .seconds(1), clock: clock) }
    }

    private func replacement(for job: AnsweredJob, _ error: KafkaError) -> AnsweredJob? {
        var reply = job.reply
        var route = job.route
        if error.code == .messageTooLarge {
            if reply.outcome.failureKind == .replyTooLarge {
                // Nothing is left to leave out but what the job had repeated, which may be as large as a record.
                guard !route.echoed.isEmpty else { return nil }
                route.echoed = []
            }
            let message =
                "the reply of \(job.record.value?.count ?? 0) bytes is over the limit of topic \(job.route.topic)"
            reply.outcome = .failed(JobFailure(.replyTooLarge, message))
        } else if route.partition != nil {
            route.partition = nil
        } else if route.topic != configuration.repliesTopic {
            route.topic = configuration.repliesTopic
        } else {
            return nil
        }
        return AnsweredJob(
            assignment: job.assignment, offset: job.offset, size: job.size, reply: reply, key: job.key, route: route,
            record: encoder.encode(reply, key: job.key, route: route))
    }

    private var transactionalID: String { publisher.transactionalID }
}

extension QueryReply.Outcome {
    fileprivate var failureKind: JobFailure.Kind? {
        if case .failed(let failure) = self { failure.kind } else { nil }
    }
}
