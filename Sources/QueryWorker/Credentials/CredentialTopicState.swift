internal import EventLoop
internal import WeChat

/// What the topic's records say of one account or component, taken in one after the other.
///
/// A record counts once, whether it comes from the topic or was written by this instance; and a token that was fetched
/// before the last authorisation has no force, in whichever order the two are taken in.
struct CredentialTopicState: Sendable {
    /// An instance wants another token than the one with that generation.
    struct Request: Sendable, Equatable {
        let generation: Int
        let offset: Int64
        /// Why there is none, once the refresher has said so.
        let reason: String?
    }

    private(set) var record = CredentialRecord()
    /// The last one, answered or not.
    private(set) var request: Request?
    /// The highest that was begun: the next refresh makes the one after it.
    private(set) var generation = 0
    /// Of the last authorisation that counts.
    private(set) var authorizedAt: Int64?
    /// What the token in force has taken into account.
    private var basedOn: Int64?
    /// Of the last token that was taken in; nil: there is none.
    private var tokenGeneration: Int?
    /// Where the last record of each kind was that was taken.
    private var offsets: [CredentialTopicKey.Subject: Int64] = [:]
    /// Where the last one is that no key here opens, if it lies behind that, and the id of its key.
    private var unopened: [CredentialTopicKey.Subject: (keyID: String, offset: Int64)] = [:]

    /// - Parameter time: the record's own, which no event can be later than.
    /// - Returns: false if it changed nothing: it came before, or too late.
    @discardableResult
    mutating func take(_ incoming: CredentialTopicRecord, at offset: Int64, time: WallTime) -> Bool {
        guard isNew(incoming.key.subject, offset) else { return false }
        switch incoming {
        case .event(let event, let receivedAt): return take(event, at: offset, min(receivedAt ?? time, time))
        case .token(let refreshed): return take(refreshed)
        case .intent(_, let generation, _):
            self.generation = max(self.generation, generation)
            return false
        case .rejected(_, let generation, _, let reason):
            request = Request(generation: generation, offset: offset, reason: reason)
            return true
        }
    }

    /// What this instance has committed, before the topic brings it.
    mutating func take(_ refreshed: RefreshedCredentials) -> Bool {
        // Each has a generation of its own. One below that of an intent counts: it may be read late, once its key is there.
        guard refreshed.generation >= tokenGeneration ?? 0, (refreshed.basedOn ?? -1) >= (authorizedAt ?? -1) else {
            return false
        }
        let before = record
        generation = max(generation, refreshed.generation)
        tokenGeneration = refreshed.generation
        basedOn = refreshed.basedOn
        if let component = refreshed.component { record.component = component }
        record.isUnauthorized = false
        record.authorizationCode = nil
        record.refreshToken = refreshed.refreshToken
        record.token = refreshed.accessToken.flatMap { value in
            refreshed.expiresAt.map {
                StoredToken(value: value, expiresAt: $0, generation: refreshed.generation)
            }
        }
        return record != before
    }

    /// A tombstone.
    mutating func remove(_ subject: CredentialTopicKey.Subject, at offset: Int64) -> Bool {
        guard isNew(subject, offset) else { return false }
        let before = record
        switch subject {
        case .ticket: (record.ticket, record.ticketReceivedAt) = (nil, nil)
        case .token:
            tokenGeneration = nil
            (record.token, record.refreshToken) = (nil, nil)
        case .authorization:
            // What was fetched with it stands, until its own tombstone.
            authorizedAt = nil
            record.authorizationCode = nil
            record.isUnauthorized = false
            if tokenGeneration == nil { record.refreshToken = nil }
        case .intent: break
        case .rejected: request = nil
        }
        if record.token == nil, record.refreshToken == nil, record.authorizationCode == nil, !record.isUnauthorized {
            record.component = nil
        }
        return record != before
    }

    /// A record that is sealed with a key that this instance does not have.
    mutating func skip(_ subject: CredentialTopicKey.Subject, at offset: Int64, sealedWith keyID: String) {
        guard !hasTaken(subject, at: offset) else { return }
        unopened[subject] = (keyID, offset)
    }

    /// The id of the key without which nothing may be refreshed: what it opens may be newer than what is known, and would be
    /// overwritten. An authorisation that the token in force came of is needed no more.
    var missingKey: String? {
        if let token = unopened[.token] { return token.keyID }
        guard let authorization = unopened[.authorization], authorization.offset > basedOn ?? -1 else { return nil }
        return authorization.keyID
    }

    func hasTaken(_ subject: CredentialTopicKey.Subject, at offset: Int64) -> Bool { offset <= offsets[subject] ?? -1 }

    private mutating func isNew(_ subject: CredentialTopicKey.Subject, _ offset: Int64) -> Bool {
        guard !hasTaken(subject, at: offset) else { return false }
        offsets[subject] = offset
        if let skipped = unopened[subject], skipped.offset <= offset { unopened[subject] = nil }
        return true
    }

    private mutating func take(_ event: CredentialEvent, at offset: Int64, _ time: WallTime) -> Bool {
        if event.account == nil { return record.apply(event, at: time) }
        // Read late, since its key was missing: the token that is here came of it.
        if tokenGeneration != nil, offset <= basedOn ?? -1 {
            authorizedAt = offset
            return false
        }
        guard record.apply(event, at: time) else { return false }
        authorizedAt = offset
        return true
    }

    /// An instance waits for an answer.
    var isWanted: Bool {
        guard let request, request.reason == nil else { return false }
        return request.generation == currentGeneration
    }

    /// Of the token in the record; 0 if it has none.
    var currentGeneration: Int { record.token?.generation ?? 0 }
}
