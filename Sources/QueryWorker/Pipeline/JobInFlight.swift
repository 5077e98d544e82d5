internal import EventLoop
internal import WeChat

/// A job between its record's arrival and its outcome, and how to cut it short.
@EventLoopActor
final class JobInFlight {
    let record: HeldRecord
    let job: QueryJob
    let context: CallContext

    init(_ job: QueryJob, record: HeldRecord, context: CallContext) {
        self.job = job
        self.record = record
        self.context = context
    }
}

/// How a job ended. Never an error: every end is one of these.
enum JobOutcome {
    case replied(QueryReply.Outcome)
    /// Cut off by a hand-over or the shut-down: nothing is published, the next owner does the job.
    case interrupted
}
