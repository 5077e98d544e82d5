internal import EventLoop
internal import Kafka
internal import WeChat

// From a record to its reply.
extension QueryWorker {
    /// Whether another job may be held. Not asking Kafka for more is the back-pressure.
    var hasCredit: Bool {
        phase == .running && jobsHeld < configuration.maxJobsInFlight && bytesHeld < configuration.maxMemory / 2
            && client.wantsJobs
    }

    /// Takes what there is, as far as credits go. Called when messages come, and when credits return.
    ///
    /// Some at a time: their jobs must have begun before it is known whether the client wants more.
    func takeMessages() {
        var count = 0
        consumer?.takeMessages(while: {
            count += 1
            return hasCredit && count <= 64
        })
        if count > 64 { EventLoopActor.startTask { [self] in takeMessages() } }
    }

    func received(_ message: borrowing KafkaMessage) {
        // Fetched before the partition was taken away: its next owner will fetch it again.
        guard var assignment = partitions[message.partition], assignment.state == .active else { return }
        assignment.silence.fetched()
        if assignment.isRestarted { assignment = restarted(assignment, at: message.offset) }
        let end = assignment.ledger.end
        guard assignment.ledger.messageDelivered(message.offset) == .run else { return }
        // What was undone before the assignment is in the map already, and makes it no longer.
        if assignment.ledger.end != end, !assignment.ledger.hasRoom() { pause(assignment, for: .fullMap) }
        begin(message, in: assignment)
    }

    private func begin(_ message: borrowing KafkaMessage, in assignment: PartitionAssignment) {
        let now = clock.now
        meter.metrics.recordsTaken += 1
        if let published = message.timestamp {
            meter.metrics.queueWait.observe(clock.wallTime - WallTime(millisecondsSince1970: published))
        }
        let headers = message.headers
        let decoded = message.withValue { decoder.decode($0) }
        let route: ReplyRoute
        var refusal: JobFailure?
        do {
            route = try ReplyRoute(
                headers: headers, defaultTopic: configuration.repliesTopic,
                allowedTopics: configuration.allowedReplyTopics)
        } catch {
            route = error.route
            refusal = JobFailure(.invalidJob, error.reason)
        }
        let record = HeldRecord(
            assignment: assignment, offset: message.offset, key: message.key, route: route, receivedAt: now,
            size: message.size + headers.byteCount + Self.overheadPerJob)
        hold(record)
        switch (decoded, refusal) {
        case (.job(let job), nil):
            countDeadLetter(false, in: assignment)
            let context = CallContext(
                jobID: job.identity.jobID ?? "", traceID: route.traceID, limit: timeLimit(of: job),
                isFixed: job.deadline != nil, bytes: record.size, clock: clock)
            let inFlight = JobInFlight(job, record: record, context: context)
            assignment.running[message.offset] = inFlight
            jobTasks.start { [self] in await run(inFlight) }
        case (.job(let job), let refusal?):
            refuse(record, message, headers, job.identity, refusal)
        case (.refused(let identity, let failure), _):
            refuse(record, message, headers, identity, refusal ?? failure)
        }
    }

    /// What a job is taken to cost besides its bytes: task, buffers, reply. An estimate.
    private static let overheadPerJob = 4096

    private func hold(_ record: HeldRecord) {
        jobsHeld += 1
        bytesHeld += record.size
        let assignment = record.assignment
        if assignment.held == 0 { assignment.progressedAt = record.receivedAt }
        assignment.held += 1
        assignment.deliveredAt = record.receivedAt
    }

    /// Answers a record without asking WeChat; one that is no job is kept as a dead letter too.
    private func refuse(
        _ record: HeldRecord, _ message: borrowing KafkaMessage, _ headers: [KafkaHeader], _ identity: JobIdentity,
        _ failure: JobFailure
    ) {
        var deadLetter: KafkaRecord?
        if let topic = configuration.deadLetterTopic, failure.kind == .invalidJob {
            deadLetter = DeadLetter.record(
                to: topic, key: record.key, value: message.value, headers: headers, source: source(of: record),
                timestamp: message.timestamp, reason: failure.message)
        }
        countDeadLetter(deadLetter != nil, in: record.assignment)
        answer(.failed(failure), to: record, identity, attempts: 0, deadLetter: deadLetter)
    }

    /// What is left until the job's own deadline, or the limit of jobs that name none.
    private func timeLimit(of job: QueryJob) -> Duration {
        guard let deadline = job.deadline else { return configuration.jobTimeout }
        return max(.zero, deadline - clock.wallTime)
    }

    private func run(_ inFlight: JobInFlight) async {
        inFlight.context.begin()
        ended(
            inFlight,
            await client.applyCodeQuery(
                inFlight.job.query, account: inFlight.job.account, context: inFlight.context))
    }

    // Not inlined: the task would have room for all of it, and hold that while it waits.
    @inline(never)
    private func ended(_ inFlight: JobInFlight, _ result: Result<ApplyCodeQueryResult, APIError>) {
        let context = inFlight.context
        let record = inFlight.record
        context.end()
        if let calledAt = context.calledAt { meter.metrics.callWait.observe(calledAt - record.receivedAt) }
        record.assignment.running[record.offset] = nil
        switch outcome(of: inFlight.job, result) {
        case .replied(let outcome):
            answer(outcome, to: record, inFlight.job.identity, attempts: context.attempts)
        case .interrupted:
            logger.debug("job left to the next owner", LogMetadata(context.job, account: inFlight.job.account))
            leave(context.jobID)
            release(record)
        }
    }

    private func outcome(of job: QueryJob, _ result: Result<ApplyCodeQueryResult, APIError>) -> JobOutcome {
        switch result {
        case .success(let result): .replied(.succeeded(result))
        case .failure(.interrupted): .interrupted
        case .failure(.failed(let failure)): .replied(.failed(JobFailure(failure, of: job, at: clock.wallTime)))
        }
    }

    private func answer(
        _ outcome: QueryReply.Outcome, to record: HeldRecord, _ identity: JobIdentity, attempts: Int,
        deadLetter: KafkaRecord? = nil
    ) {
        let reply = QueryReply(
            identity: identity, outcome: outcome, attempts: attempts, duration: clock.now - record.receivedAt,
            completedAt: clock.wallTime, source: source(of: record))
        count(reply)
        log(reply, to: record, deadLetter: deadLetter)
        let encoded = encoder.encode(reply, key: record.key, route: record.route)
        var outgoing = [AnsweredJob.Outgoing(role: .reply, record: encoded)]
        if let deadLetter { outgoing.append(AnsweredJob.Outgoing(role: .deadLetter, record: deadLetter)) }
        let job = AnsweredJob(reply, to: record, outgoing: outgoing)
        grow(record, to: outgoing.reduce(0) { $0 + $1.record.size })
        answered.append(job)
        publishAnswered()
    }

    private func source(of record: HeldRecord) -> JobSource {
        JobSource(topic: configuration.jobsTopic, partition: record.assignment.partition, offset: record.offset)
    }

    private func count(_ reply: QueryReply) {
        switch reply.outcome {
        case .succeeded:
            meter.metrics.answered("", after: reply.duration)
        case .failed(let failure):
            meter.metrics.answered(failure.kind.name, after: reply.duration)
            meter.metrics.failures.failed(failure, reply)
        }
    }

    /// Every failed reply has its line: whoever reads one finds its cause by the job's id.
    func log(_ reply: QueryReply, to record: HeldRecord, deadLetter: KafkaRecord? = nil) {
        switch reply.outcome {
        case .succeeded: logger.debug("job succeeded", metadata(of: reply, to: record))
        case .failed(let failure):
            logger.info(
                "job failed", metadata(of: reply, to: record, LogMetadata(failure, deadLetterTopic: deadLetter?.topic)))
        }
    }

    private func metadata(of reply: QueryReply, to record: HeldRecord, _ failure: LogMetadata = [:]) -> LogMetadata {
        let job = JobName(id: reply.identity.jobID ?? "", traceID: record.route.traceID)
        return LogMetadata(job, account: reply.identity.account).appending(contentsOf: failure).appending(contentsOf: [
            "attempts": .integer(reply.attempts), "duration_ms": .integer(reply.duration.wholeMilliseconds),
            "partition": .integer(reply.source.partition), "offset": .integer(reply.source.offset),
        ])
    }

    // MARK: Credits

    /// A reply that is larger than its job takes its own size, and keeps calls from beginning while replies hold too much:
    /// WeChat decides how large they are, and the brokers how long they wait.
    private func grow(_ record: HeldRecord, to size: Int) {
        if size > record.size {
            bytesHeld += size - record.size
            record.size = size
        }
        bytesAnswered += record.size
        holdCallsIfFull()
    }

    /// Gives the credits of an answered job back.
    func release(_ job: AnsweredJob) {
        bytesAnswered -= job.record.size
        release(job.record)
        holdCallsIfFull()
    }

    /// Gives a job's credits back: it is settled, or another owner will do it.
    private func release(_ record: HeldRecord) {
        let assignment = record.assignment
        assignment.held -= 1
        jobsHeld -= 1
        bytesHeld -= record.size
        // Some room, so that it does not stop and go with every record. Without a job held it has all there will be.
        if assignment.ledger.hasRoom(for: 64) || assignment.held == 0 { resume(assignment, from: .fullMap) }
        conditions.recheck()
    }

    private func holdCallsIfFull() { client.holdsCalls = bytesAnswered >= configuration.maxMemory / 8 }

    /// A job that this worker will not finish; named in the log when the process ends.
    func leave(_ jobID: String) {
        if phase != .running { unfinishedJobIDs.append(jobID) }
    }
}

extension JobFailure {
    /// A time-out after the job's own deadline has another name than one of the worker's limit.
    fileprivate init(_ failure: APIFailure, of job: QueryJob, at time: WallTime) {
        if failure.kind == .timeout, let deadline = job.deadline, time >= deadline {
            self.init(
                .expired, "the job's deadline passed before there was a result: \(failure.message)", isRetryable: false)
        } else {
            self.init(failure)
        }
    }
}

extension [KafkaHeader] {
    fileprivate var byteCount: Int { reduce(0) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) } }
}

extension LogMetadata {
    fileprivate init(_ failure: JobFailure, deadLetterTopic: String?) {
        self = ["kind": "\(failure.kind.name)"]
        if let errcode = failure.errcode { append("errcode", .integer(errcode)) }
        append("error", .string(failure.message))
        if let rid = failure.rid { append("rid", .string(rid)) }
        if let deadLetterTopic { append("dead_letter_topic", .string(deadLetterTopic)) }
    }
}
