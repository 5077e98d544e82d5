internal import EventLoop
internal import WeChat

/// A partition while this worker owns it. A new assignment of the same partition is a new object, so that what comes late
/// from an old one is told by identity.
@EventLoopActor
final class PartitionAssignment {
    enum State {
        case active
        /// To be given back: nothing new is begun, what is finished is still published.
        case revoking
        /// Somebody else's already: nothing of it is published any more.
        case lost
    }

    /// Why a partition is not fetched for a while.
    enum PauseReason: Hashable {
        /// Its ledger's map would not fit into a commit after another record.
        case fullMap
        /// Too many dead letters in a row.
        case deadLetters
    }

    let partition: Int32
    var ledger: OffsetLedger
    var state = State.active
    /// Jobs that run, by offset.
    var running: [Int64: JobInFlight] = [:]
    /// Jobs that are held: running, or answered and not committed yet.
    var held = 0
    var pauseReasons: Set<PauseReason> = []
    /// Dead letters since the last good record.
    var deadLettersInARow = 0
    /// After its offset turned out to be out of range: the next record tells whether the log goes on, or began anew.
    var isRestarted = false
    /// The watermark of the last commit; nil before the first where nothing was committed.
    var committedWatermark: Int64?

    // For the watchdog.
    /// When the last record came, or anything else happened that explains why none does.
    var deliveredAt: MonotonicTime
    /// When the last job was done, or the first one taken after there was none.
    var progressedAt: MonotonicTime
    var isReportedStuck = false
    var silence = FetchSilence()

    init(partition: Int32, ledger: OffsetLedger, at time: MonotonicTime) {
        self.partition = partition
        self.ledger = ledger
        committedWatermark = ledger.watermark
        deliveredAt = time
        progressedAt = time
    }

    /// The flood brake is on: see `countDeadLetter`.
    func isBraked(limit: Int) -> Bool { deadLettersInARow >= limit }

    func interruptJobs(_ reach: Interruption.Reach) {
        for job in running.values { job.context.interruption.interrupt(reach, cause: .handedOver) }
    }
}
