internal import EventLoop

/// What is kept of a record of the job topic, from its arrival until its reply is out.
@EventLoopActor
final class HeldRecord {
    let assignment: PartitionAssignment
    let offset: Int64
    let key: [UInt8]?
    let route: ReplyRoute
    let receivedAt: MonotonicTime
    /// Bytes counted against `memory.max`.
    var size: Int

    init(
        assignment: PartitionAssignment, offset: Int64, key: [UInt8]?, route: ReplyRoute, receivedAt: MonotonicTime,
        size: Int
    ) {
        self.assignment = assignment
        self.offset = offset
        self.key = key
        self.route = route
        self.receivedAt = receivedAt
        self.size = size
    }
}
