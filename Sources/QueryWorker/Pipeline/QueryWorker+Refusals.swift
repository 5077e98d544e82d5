internal import EventLoop
internal import Kafka

// Records that can't be written as they are: each is replaced by one that can, so that it holds up no others.
extension QueryWorker {
    func replace(_ failures: [KafkaProducer.DeliveryFailure], in jobs: [AnsweredJob]) async {
        let places = places(in: jobs)
        var stuck: (topic: String, error: KafkaError)?
        for failure in failures where places.indices.contains(failure.number) {
            let (job, role, topic) = places[failure.number]
            let isReplaced =
                switch role {
                case .reply: replaceReply(of: job, failure.error)
                case .deadLetter: replaceDeadLetter(of: job, failure.error)
                }
            if !isReplaced { stuck = (topic, failure.error) }
        }
        answerAgain(jobs)
        if let stuck { await waitFor(stuck.topic, stuck.error) }
    }

    /// More records than one were refused for their size, in one request: each is tried by itself.
    func suspect(_ numbers: [Int], in jobs: [AnsweredJob]) {
        let places = places(in: jobs)
        for number in numbers where places.indices.contains(number) { places[number].job.isSuspect = true }
        logger.warning(
            "records refused as too large together are written one by one",
            [
                "records": .integer(numbers.count),
                "remedy": "set kafka.batch.size below max.message.bytes of the topics, or let the worker read it",
            ])
    }

    /// A topic of the batch refuses, and nobody says for which record. Those that jobs asked for are given up first.
    func reroute(_ jobs: [AnsweredJob], _ error: KafkaError) async {
        let elsewhere = jobs.filter { $0.route.topic != configuration.repliesTopic }
        for job in elsewhere { _ = replaceReply(of: job, error) }
        answerAgain(jobs)
        let topics = [configuration.repliesTopic, configuration.deadLetterTopic].compactMap { $0 }
        if elsewhere.isEmpty { await waitFor(topics.joined(separator: " or "), error) }
    }

    /// The worker's own topics refuse. Nothing is given up; it is tried again, slowly.
    private func waitFor(_ topic: String, _ error: KafkaError) async {
        logger.error(
            "nothing can be published: the topic refuses it",
            ["topic": "\(topic)", "error": "\(error)", "waiting": .integer(answered.count)])
        try? await Interruption().sleep(for: .seconds(1), clock: clock)
    }

    /// Whose record stands at each place of the batch.
    private func places(in jobs: [AnsweredJob]) -> [(job: AnsweredJob, role: AnsweredJob.Outgoing.Role, topic: String)]
    {
        jobs.flatMap { job in job.outgoing.map { (job, $0.role, $0.record.topic) } }
    }

    // MARK: Replies

    private func replaceReply(of job: AnsweredJob, _ error: KafkaError) -> Bool {
        logger.warning(
            "reply refused", ["job_id": "\(job.jobID)", "topic": "\(job.route.topic)", "error": "\(error)"])
        if error.saysTooLarge {
            guard makeSmaller(job) else { return false }
        } else if job.route.partition != nil {
            job.route.partition = nil
        } else if job.route.topic != configuration.repliesTopic {
            job.route.topic = configuration.repliesTopic
        } else {
            return false
        }
        let record = encoder.encode(job.reply, key: job.key, route: job.route)
        job.outgoing = job.outgoing.map { $0.role == .reply ? AnsweredJob.Outgoing(role: .reply, record: record) : $0 }
        return true
    }

    /// Without its result; then without what the job had repeated, which may be as large as a record: headers, and the key.
    private func makeSmaller(_ job: AnsweredJob) -> Bool {
        if job.reply.outcome.failureKind != .replyTooLarge {
            let size = job.outgoing.first { $0.role == .reply }?.record.value?.count ?? 0
            let message = "the reply of \(size) bytes is over the limit of topic \(job.route.topic)"
            job.reply.outcome = .failed(JobFailure(.replyTooLarge, message))
        } else if !job.route.echoed.isEmpty {
            job.route.echoed = []
        } else if job.key != nil {
            job.key = nil
        } else {
            return false
        }
        return true
    }

    // MARK: Dead letters

    private func replaceDeadLetter(of job: AnsweredJob, _ error: KafkaError) -> Bool {
        guard error.saysTooLarge, let index = job.outgoing.firstIndex(where: { $0.role == .deadLetter }) else {
            return false
        }
        let letter = job.outgoing[index].record
        let source = job.reply.source
        let limit = min(topicLimits[letter.topic] ?? .max, configuration.kafka.maxMessageBytes)
        if let smaller = DeadLetter.smaller(letter, limit: limit) {
            job.outgoing[index].record = smaller
        } else {
            job.outgoing.remove(at: index)
            logger.error(
                "dead letter not kept: its topic takes none so small",
                [
                    "topic": "\(letter.topic)", "partition": .integer(source.partition),
                    "offset": .integer(source.offset),
                ])
        }
        return true
    }
}

extension QueryReply.Outcome {
    fileprivate var failureKind: JobFailure.Kind? {
        if case .failed(let failure) = self { failure.kind } else { nil }
    }
}
