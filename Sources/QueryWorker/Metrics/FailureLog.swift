internal import EventLoop

/// The last failures of each kind, for people who look for the cause of one.
struct FailureLog: Sendable {
    struct Failure: Sendable, Equatable {
        let time: WallTime
        let jobID: String?
        let account: String?
        let source: JobSource
        let errcode: Int?
        let message: String
    }

    struct Kind: Sendable {
        var total = 0
        /// Newest first.
        var recent: [Failure] = []
    }

    static let limitPerKind = 5

    /// By `error.kind`, of which there is a closed list.
    private(set) var kinds: [String: Kind] = [:]

    mutating func failed(_ failure: JobFailure, _ reply: QueryReply) {
        kinds[failure.kind.name, default: Kind()].total += 1
        let entry = Failure(
            time: reply.completedAt, jobID: reply.identity.jobID, account: reply.identity.account,
            source: reply.source, errcode: failure.errcode, message: failure.message)
        kinds[failure.kind.name]?.recent.insert(entry, at: 0)
        if let count = kinds[failure.kind.name]?.recent.count, count > Self.limitPerKind {
            kinds[failure.kind.name]?.recent.removeLast()
        }
    }
}
