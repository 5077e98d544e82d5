internal import EventLoop

/// Secrets that a configuration which was read again has put in place of those of the start.
@EventLoopActor
final class CorrectedSecrets {
    /// Whose secret it is, by appid in lower case.
    enum Owner: Hashable, Sendable {
        case account(String)
        case component(String)
    }

    private var secrets: [Owner: Secret] = [:]

    nonisolated init() {}

    /// Counts from the secret's next use on.
    func correct(_ owner: Owner, with secret: Secret) { secrets[owner] = secret }

    /// The one in force.
    func secret(of owner: Owner, atStart secret: Secret) -> Secret { secrets[owner] ?? secret }
}
