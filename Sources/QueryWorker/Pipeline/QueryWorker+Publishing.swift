internal import EventLoop
internal import Kafka

// From finished replies to batches. One batch is under way at a time; it takes all that finished while the last one was, so
// that batches grow with the load and with the broker's slowness.
extension QueryWorker {
    func publishAnswered() {
        guard !isPublishing, hasSomethingToPublish else {
            if answered.count >= enoughToPublish { publishingPause?.resume() }
            return
        }
        isPublishing = true
        EventLoopActor.startTask { [self] in
            await pauseBetweenTransactions()
            while hasSomethingToPublish, let group {
                let jobs = takeBatch()
                inTransaction = jobs
                batchBegan = clock.now
                let outcome = await publisher.publish(batch(of: jobs, group: group))
                if let ended = TransactionMetrics.Outcome(outcome) { meter.metrics.transactions.ended(ended) }
                await settle(jobs, group: group, outcome)
                inTransaction = []
                watermarksInTransaction = []
                takeMessages()
                publishedAt = clock.now
                await pauseBetweenTransactions()
            }
            isPublishing = false
            conditions.recheck()
        }
    }

    private var hasSomethingToPublish: Bool { !answered.isEmpty || !movedWatermarks.isEmpty }

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

    /// At most `publish.batch.max` jobs, and no more bytes than librdkafka should hold a second time.
    private func takeBatch() -> [AnsweredJob] {
        var limit = isPublishingByTopics ? gatherByTopics() : answered.count
        // Suspects are few at a time: each waits for its own answer, and the transaction has a time limit.
        limit = min(limit, answered.first?.isSuspect == true ? 25 : configuration.maxPublishBatch)
        var rest = configuration.maxMemory / 16
        var count = 0
        while count < limit, count == 0 || rest > 0 {
            rest -= answered[count].record.size
            count += 1
        }
        let jobs = Array(answered.prefix(count))
        answered.removeFirst(count)
        watermarksInTransaction = movedWatermarks
        movedWatermarks = []
        return jobs
    }

    /// Brings the jobs whose records go to the same topics as the first one's to the front.
    /// - Returns: how many these are.
    private func gatherByTopics() -> Int {
        guard let topics = answered.first?.topics else { return 0 }
        let same = answered.filter { $0.topics == topics }
        answered = same + answered.filter { $0.topics != topics }
        return same.count
    }

    private func batch(of jobs: [AnsweredJob], group: KafkaGroupMetadata) -> PublishBatch {
        var records: [KafkaRecord] = []
        records.reserveCapacity(jobs.count)
        var alone: Set<Int> = []
        for job in jobs {
            for outgoing in job.outgoing {
                if job.isSuspect { alone.insert(records.count) }
                records.append(outgoing.record)
            }
        }
        return PublishBatch(records: records, alone: alone, offsets: offsets(settling: jobs), group: group)
    }

    /// What to commit once these jobs are out, and where a watermark has moved without one.
    func offsets(settling jobs: [AnsweredJob]) -> [KafkaOffset] {
        var settled: [ObjectIdentifier: (assignment: PartitionAssignment, offsets: [Int64])] = [:]
        for assignment in watermarksInTransaction where assignment.state == .active {
            settled[ObjectIdentifier(assignment)] = (assignment, [])
        }
        for record in jobs.lazy.map(\.record) {
            settled[ObjectIdentifier(record.assignment), default: (record.assignment, [])].offsets.append(record.offset)
        }
        return settled.values.compactMap { assignment, offsets in
            guard let commit = assignment.ledger.commit(settling: offsets) else { return nil }
            return KafkaOffset(
                topicPartition(assignment.partition), offset: commit.watermark, metadata: commit.metadata)
        }
    }

    func topicPartition(_ partition: Int32) -> KafkaTopicPartition {
        KafkaTopicPartition(topic: configuration.jobsTopic, partition: partition)
    }

    /// Has the publisher give up what is not committed: its partitions, or the process, go away.
    func abandonPublishing() {
        publisherControl.isAbandoned = true
        settling?.interrupt(.everything, cause: .handedOver)
    }
}
