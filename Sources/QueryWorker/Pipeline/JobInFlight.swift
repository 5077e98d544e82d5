internal import EventLoop
internal import Kafka
internal import WeChat

/// A job between its record's arrival and its outcome: all that is kept of the record, and how to cut it short.
@EventLoopActor
final class JobInFlight {
    let assignment: PartitionAssignment
    let offset: Int64
    let job: QueryJob
    let key: [UInt8]?
    let route: ReplyRoute
    /// Bytes counted against `memory.max`.
    let size: Int
    let context: CallContext
    let receivedAt: MonotonicTime

    init(
        assignment: PartitionAssignment, offset: Int64, job: QueryJob, key: [UInt8]?, route: ReplyRoute, size: Int,
        context: CallContext, receivedAt: MonotonicTime
    ) {
        self.assignment = assignment
        self.offset = offset
        self.job = job
        self.key = key
        self.route = route
        self.size = size
        self.context = context
        self.receivedAt = receivedAt
    }
}

/// A job whose reply waits for its transaction.
@EventLoopActor
final class AnsweredJob {
    let assignment: PartitionAssignment
    let offset: Int64
    /// Bytes counted against `memory.max`.
    let size: Int
    let reply: QueryReply
    let key: [UInt8]?
    let route: ReplyRoute
    let record: KafkaRecord

    init(
        assignment: PartitionAssignment, offset: Int64, size: Int, reply: QueryReply, key: [UInt8]?, route: ReplyRoute,
        record: KafkaRecord
    ) {
        self.assignment = assignment
        self.offset = offset
        self.size = size
        self.reply = reply
        self.key = key
        self.route = route
        self.record = record
    }
}

/// How a job ended. Never an error: every end is one of these.
enum JobOutcome {
    case replied(QueryReply.Outcome)
    /// Cut off by a hand-over or the shut-down: nothing is published, the next owner does the job.
    case interrupted
}
