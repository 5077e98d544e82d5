internal import EventLoop
internal import Kafka
internal import WeChat

// From a record to its reply.
extension QueryWorker {
    /// Whether another job may be held. Not asking Kafka for more is all the back-pressure there is.
    private var hasCredit: Bool {
        phase == .running && jobsHeld < configuration.maxJobsInFlight && bytesHeld < configuration.maxMemory / 2
            && fullPartitions.isEmpty
    }

    /// Takes what there is, as far as credits go. Called when messages come, and when credits return.
    func takeMessages() {
        consumer?.takeMessages(while: { hasCredit }) { message in received(message) }
    }

    private func received(_ message: borrowing KafkaMessage) {
        // Fetched before the partition was taken away: its next owner will fetch it again.
        guard let assignment = partitions[message.partition], assignment.state == .active else { return }
        guard assignment.ledger.messageDelivered(message.offset) == .run else { return }
        if !assignment.ledger.hasRoom { fullPartitions.insert(message.partition) }
        begin(message, in: assignment)
    }

    private func begin(_ message: borrowing KafkaMessage, in assignment: PartitionAssignment) {
        let size = message.size + Self.overheadPerJob
        jobsHeld += 1
        bytesHeld += size
        assignment.held += 1
        let key = message.key
        let now = clock.now
        let decoded = message.withValue { decoder.decode($0) }
        let route: ReplyRoute
        do {
            route = try ReplyRoute(
                headers: message.headers, defaultTopic: configuration.repliesTopic,
                allowedTopics: configuration.allowedReplyTopics)
        } catch {
            let failure = JobFailure(.invalidJob, error.reason)
            return answer(
                .failed(failure), identity: decoded.identity, attempts: 0, receivedAt: now, assignment: assignment,
                offset: message.offset, size: size, key: key, route: error.route)
        }
        switch decoded {
        case .refused(let identity, let failure):
            answer(
                .failed(failure), identity: identity, attempts: 0, receivedAt: now, assignment: assignment,
                offset: message.offset, size: size, key: key, route: route)
        case .job(let job):
            let context = CallContext(
                jobID: job.identity.jobID ?? "", deadline: now + timeLimit(of: job), interruption: Interruption())
            let inFlight = JobInFlight(
                assignment: assignment, offset: message.offset, job: job, key: key, route: route, size: size,
                context: context, receivedAt: now)
            assignment.running[message.offset] = inFlight
            EventLoopActor.startTask { [self] in await run(inFlight) }
        }
    }

    /// What a job is taken to cost besides its bytes: task, buffers, reply. An estimate.
    private static let overheadPerJob = 4096

    /// What is left until the job's own deadline, or the limit of jobs that name none.
    private func timeLimit(of job: QueryJob) -> Duration {
        guard let deadline = job.deadline else { return configuration.jobTimeout }
        return max(.zero, deadline - clock.wallTime)
    }

    private func run(_ inFlight: JobInFlight) async {
        let context = inFlight.context
        let timer = clock.schedule(after: context.deadline - clock.now) {
            context.interruption.interrupt(.everything, cause: .deadline)
        }
        let result = await client.applyCodeQuery(inFlight.job.query, account: inFlight.job.account, context: context)
        clock.cancel(timer)
        inFlight.assignment.running[inFlight.offset] = nil
        switch outcome(of: inFlight.job, result) {
        case .replied(let outcome):
            answer(
                outcome, identity: inFlight.job.identity, attempts: context.attempts, receivedAt: inFlight.receivedAt,
                assignment: inFlight.assignment, offset: inFlight.offset, size: inFlight.size, key: inFlight.key,
                route: inFlight.route)
        case .interrupted:
            if phase != .running { unfinishedJobIDs.append(context.jobID) }
            release(inFlight.assignment, size: inFlight.size)
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
        _ outcome: QueryReply.Outcome, identity: JobIdentity, attempts: Int, receivedAt: MonotonicTime,
        assignment: PartitionAssignment, offset: Int64, size: Int, key: [UInt8]?, route: ReplyRoute
    ) {
        let source = JobSource(topic: configuration.jobsTopic, partition: assignment.partition, offset: offset)
        let reply = QueryReply(
            identity: identity, outcome: outcome, attempts: attempts, duration: clock.now - receivedAt,
            completedAt: clock.wallTime, source: source)
        log(reply)
        let record = encoder.encode(reply, key: key, route: route)
        answered.append(
            AnsweredJob(
                assignment: assignment, offset: offset, size: size, reply: reply, key: key, route: route, record: record
            ))
        publishAnswered()
    }

    private func log(_ reply: QueryReply) {
        switch reply.outcome {
        case .succeeded:
            logger.debug(
                "job succeeded",
                ["job_id": "\(reply.identity.jobID ?? "")", "duration_ms": .integer(reply.duration.wholeMilliseconds)])
        case .failed(let failure):
            let logger = reply.identity.jobID.map { self.logger.with(["job_id": .string($0)]) } ?? self.logger
            logger.info(
                "job failed",
                [
                    "kind": "\(failure.kind.name)",
                    "error": "\(failure.message)", "attempts": .integer(reply.attempts),
                    "partition": .integer(reply.source.partition), "offset": .integer(reply.source.offset),
                ])
        }
    }

    /// Gives a job's credits back: it is settled, or another owner will do it.
    func release(_ assignment: PartitionAssignment, size: Int) {
        assignment.held -= 1
        jobsHeld -= 1
        bytesHeld -= size
        if fullPartitions.contains(assignment.partition), assignment.state != .active || assignment.ledger.hasRoom {
            fullPartitions.remove(assignment.partition)
        }
        conditions.recheck()
    }
}

extension QueryJobDecoder.Decoded {
    fileprivate var identity: JobIdentity {
        switch self {
        case .job(let job): job.identity
        case .refused(let identity, _): identity
        }
    }
}

extension JobFailure {
    /// A time-out after the job's own deadline has another name than one of the worker's limit.
    fileprivate init(_ failure: APIFailure, of job: QueryJob, at time: WallTime) {
        if failure.kind == .timeout, let deadline = job.deadline, time >= deadline {
            self.init(.expired, "the job's deadline passed before there was a result", isRetryable: false)
        } else {
            self.init(failure)
        }
    }
}
