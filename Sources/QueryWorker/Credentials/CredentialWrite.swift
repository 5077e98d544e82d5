internal import EventLoop
internal import Kafka
internal import WeChat

/// A record that waits for its transaction.
@EventLoopActor
final class CredentialWrite {
    enum Outcome {
        case committed
        /// It is not there, and will not be.
        case lost(String)
    }

    let name: CredentialName
    let record: KafkaRecord
    /// Whose intent it is, or what it brought.
    let refresh: CredentialTopicState.Refresh
    /// What WeChat has handed out: it is tried for as long as this instance is the owner. An intent has a time limit.
    let deadline: MonotonicTime?
    private let waiter = Waiter()
    private var outcome = Outcome.committed

    init(
        _ name: CredentialName, _ record: KafkaRecord, refresh: CredentialTopicState.Refresh, deadline: MonotonicTime?
    ) {
        self.name = name
        self.record = record
        self.refresh = refresh
        self.deadline = deadline
    }

    var isIntent: Bool { deadline != nil }

    func settle(_ outcome: Outcome) {
        self.outcome = outcome
        waiter.resume()
    }

    func wait() async -> Outcome {
        try? await waiter.wait(.everything, under: nil)
        return outcome
    }
}
