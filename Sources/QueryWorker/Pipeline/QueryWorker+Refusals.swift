internal import EventLoop
internal import Kafka

// Records that can't be written as they are: each is replaced by one that can, so that it holds up no others.
extension QueryWorker {
    /// A record's place in a batch.
    typealias Place = (job: AnsweredJob, role: AnsweredJob.Outgoing.Role, topic: String)

    /// Whose record stands at each place of the batch; before anything of it is changed.
    func places(in jobs: [AnsweredJob]) -> [Place] {
        jobs.flatMap { job in job.outgoing.map { (job, $0.role, $0.record.topic) } }
    }

    func replace(_ failures: [KafkaProducer.DeliveryFailure], at places: [Place], in jobs: [AnsweredJob]) async {
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
        guard let stuck else { return }
        // What does not go there must not wait for it.
        isPublishingByTopics = true
        let behind = answered.filter { $0.topics.contains(stuck.topic) }
        answered = answered.filter { !$0.topics.contains(stuck.topic) } + behind
        await waitFor([stuck.topic], stuck.error)
    }

    /// More records than one were refused in one request: each is tried by itself.
    func suspect(_ numbers: [Int], at places: [Place]) {
        for number in numbers where places.indices.contains(number) {
            let (job, _, topic) = places[number]
            job.isSuspect = true
            logger.debug(
                "record that was refused with others is written by itself",
                job.logMetadata.appending(contentsOf: ["topic": "\(topic)"]))
        }
        logger.warning(
            "records that were refused together are written one by one",
            [
                "records": .integer(numbers.count),
                "remedy": "set kafka.batch.size below max.message.bytes of the topics, or let the worker read it",
            ])
    }

    /// A topic of the batch refuses, and nobody says which. So the topics are tried apart; then the routes to those that jobs
    /// asked for are given up, and the worker's own go last, so that what can be published is.
    func reroute(_ jobs: [AnsweredJob], _ error: KafkaError) async {
        guard let topics = jobs.first?.topics, jobs.allSatisfy({ $0.topics == topics }) else {
            isPublishingByTopics = true
            return answerAgain(jobs)
        }
        if jobs.contains(where: { $0.route.topic != configuration.repliesTopic }) {
            for job in jobs { _ = replaceReply(of: job, error) }
            return answerAgain(jobs)
        }
        answered.append(contentsOf: jobs.filter { !$0.isLost })
        for job in jobs where job.isLost { drop(job) }
        await waitFor(topics, error)
    }

    /// The worker's own topics refuse. Nothing is given up; it is tried again, slowly.
    private func waitFor(_ topics: Set<String>, _ error: KafkaError) async {
        let topic = topics.sorted().joined(separator: " or ")
        refusal = (topics, "nothing can be published to \(topic): \(error)")
        logger.error(
            "nothing can be published: the topic refuses it",
            ["topic": "\(topic)", "error": "\(error)", "waiting": .integer(answered.count)])
        await pauseSettling(for: .seconds(1))
    }

    // MARK: Replies

    private func replaceReply(of job: AnsweredJob, _ error: KafkaError) -> Bool {
        logger.warning(
            "reply refused",
            job.logMetadata.appending(contentsOf: ["topic": "\(job.route.topic)", "error": "\(error)"]))
        if error.saysTooLarge {
            guard makeSmaller(job) else { return false }
        } else if job.route.partition != nil {
            job.route.partition = nil
        } else if job.route.topic != configuration.repliesTopic {
            job.route.topic = configuration.repliesTopic
        } else if error.code == .invalidRecord, job.key == nil {
            // A compacted topic takes no record without one.
            job.key = job.reply.source.eventID
        } else {
            return false
        }
        let record = encoder.encode(job.reply, key: job.key, route: job.route)
        job.outgoing = job.outgoing.map { $0.role == .reply ? AnsweredJob.Outgoing(role: .reply, record: record) : $0 }
        return true
    }

    /// A failure without the headers that the job had repeated, which may be as large as a record; a result gives way to
    /// `reply_too_large` before; the key, which may be as large, goes last.
    private func makeSmaller(_ job: AnsweredJob) -> Bool {
        if case .failed = job.reply.outcome, !job.route.echoed.isEmpty {
            job.route.echoed = []
        } else if job.reply.outcome.failureKind != .replyTooLarge {
            let size = job.outgoing.first { $0.role == .reply }?.record.value?.count ?? 0
            let message = "the reply of \(size) bytes is over the limit of topic \(job.route.topic)"
            let failure = JobFailure(.replyTooLarge, message)
            job.reply.outcome = .failed(failure)
            meter.metrics.failures.failed(failure, job.reply)
            log(job.reply, to: job.record)
        } else if job.key != nil {
            job.key = nil
        } else {
            return false
        }
        return true
    }

    // MARK: Dead letters

    private func replaceDeadLetter(of job: AnsweredJob, _ error: KafkaError) -> Bool {
        guard let index = job.outgoing.firstIndex(where: { $0.role == .deadLetter }) else { return false }
        let letter = job.outgoing[index].record
        let source = job.reply.source
        let limit = min(topicLimits[letter.topic] ?? .max, configuration.kafka.maxMessageBytes)
        if error.code == .invalidRecord, letter.key == nil {
            job.outgoing[index].record.key = source.eventID
        } else if !error.saysTooLarge {
            return false
        } else if let smaller = DeadLetter.smaller(letter, limit: limit) {
            job.outgoing[index].record = smaller
        } else {
            job.outgoing.remove(at: index)
            logger.error(
                "dead letter not kept: its topic takes none so small",
                job.logMetadata.appending(contentsOf: ["topic": "\(letter.topic)"]))
        }
        return true
    }
}

extension QueryReply.Outcome {
    var failureKind: JobFailure.Kind? {
        if case .failed(let failure) = self { failure.kind } else { nil }
    }
}
