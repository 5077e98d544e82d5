internal import EventLoop

/// An account's parts: its token, its gate, its share of the jobs.
@EventLoopActor
final class Account {
    let name: String
    let tokens: TokenProvider
    let gate: AccountGate
    let line = CallLine()
    /// nil: the worker has no other account, or it is not among `Accounts` yet.
    var share: AccountShare?
    /// What of it is counted among the jobs that are stuck.
    var stuck = JobLoad()

    init(name: String, tokens: TokenProvider, gate: AccountGate) {
        self.name = name
        self.tokens = tokens
        self.gate = gate
    }
}
