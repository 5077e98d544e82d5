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

    let partition: Int32
    var ledger: OffsetLedger
    var state = State.active
    /// Jobs that run, by offset.
    var running: [Int64: JobInFlight] = [:]
    /// Jobs that are held: running, or answered and not committed yet.
    var held = 0

    init(partition: Int32, ledger: OffsetLedger) {
        self.partition = partition
        self.ledger = ledger
    }

    func interruptJobs(_ reach: Interruption.Reach) {
        for job in running.values { job.context.interruption.interrupt(reach, cause: .handedOver) }
    }
}
