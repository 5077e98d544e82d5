internal import EventLoop
internal import WeChat

/// What the topic's records say of one account or component, taken in one after the other.
///
/// A record counts once, whether it comes from the topic or was written by this instance; and a token that was fetched
/// before the last authorisation has no force, in whichever order the two are taken in. All that is kept comes of the last
/// record of each kind, as compaction leaves them, so that who reads them later comes to the same.
struct CredentialTopicState: Sendable {
    /// An instance wants another token than the one with that generation.
    struct Request: Sendable, Equatable {
        let generation: Int
        let offset: Int64
        /// Why there is none, once the refresher has said so.
        let reason: String?
    }

    /// One refresh: the generation that it makes, and since which removal that is counted.
    struct Refresh: Sendable, Equatable {
        let generation: Int
        fileprivate let removedAt: Int64?
    }

    private(set) var record = CredentialRecord()
    /// The last one, answered or not.
    private(set) var request: Request?
    /// The last that counts.
    private var authorization: (event: CredentialEvent, offset: Int64, time: WallTime)?
    /// The last token, whether or not an authorisation has come since.
    private var refreshed: RefreshedCredentials?
    /// The generation of the last intent.
    private var begun: Int?
    /// Where the last tombstone of a token was.
    private var removedAt: Int64?
    /// Where the last record of each kind was that was taken.
    private var offsets: [CredentialTopicKey.Subject: Int64] = [:]
    /// Where the last one is that no key here opens, if it lies behind that, and the id of its key.
    private var unopened: [CredentialTopicKey.Subject: (keyID: String, offset: Int64)] = [:]

    // MARK: Refreshes

    /// The highest that was begun; 0 if none was, or if all that was has been removed.
    var generation: Int { max(refreshed?.generation ?? 0, begun ?? 0) }

    var nextRefresh: Refresh { Refresh(generation: generation + 1, removedAt: removedAt) }

    /// Another one has begun since, or what it has refreshed was removed.
    func isOutdated(_ refresh: Refresh) -> Bool {
        refresh.generation < generation || refresh.removedAt != removedAt
    }

    /// Of the token in the record; 0 if it has none.
    var currentGeneration: Int { record.token?.generation ?? 0 }

    /// Offset of the last authorisation that counts.
    var authorizedAt: Int64? { authorization?.offset }

    /// An instance waits for an answer.
    var isWanted: Bool {
        guard let request, request.reason == nil else { return false }
        return request.generation == currentGeneration
    }

    // MARK: Records

    /// - Parameter time: the record's own, which no event can be later than.
    /// - Returns: false if it changed nothing: it came before, or too late.
    @discardableResult
    mutating func take(_ incoming: CredentialTopicRecord, at offset: Int64, time: WallTime) -> Bool {
        guard isNew(incoming.key.subject, offset) else { return false }
        switch incoming {
        case .event(let event, let receivedAt): return take(event, at: offset, min(receivedAt ?? time, time))
        case .token(let refreshed): return take(refreshed)
        case .intent(_, let generation, _):
            begun = generation
            return false
        case .rejected(_, let generation, _, let reason):
            request = Request(generation: generation, offset: offset, reason: reason)
            return true
        }
    }

    /// What this instance has committed, before the topic brings it.
    mutating func take(_ refreshed: RefreshedCredentials) -> Bool {
        // Each has a generation of its own. One below that of an intent counts: it may be read late, once its key is there.
        guard refreshed.generation >= self.refreshed?.generation ?? 0 else { return false }
        self.refreshed = refreshed
        return combine()
    }

    private mutating func take(_ event: CredentialEvent, at offset: Int64, _ time: WallTime) -> Bool {
        if event.account == nil { return record.apply(event, at: time) }
        var changed = record
        guard changed.apply(event, at: time) else { return false }
        authorization = (event, offset, time)
        _ = combine()
        // Else it was read late, since its key was missing: the token that is here came of it.
        return !isTokenInForce
    }

    /// A tombstone.
    mutating func remove(_ subject: CredentialTopicKey.Subject, at offset: Int64) -> Bool {
        guard isNew(subject, offset) else { return false }
        switch subject {
        case .ticket:
            let hadTicket = record.ticket != nil
            (record.ticket, record.ticketReceivedAt) = (nil, nil)
            return hadTicket
        case .token: (refreshed, removedAt) = (nil, offset)
        case .authorization: authorization = nil
        case .intent: begun = nil
        case .rejected: request = nil
        }
        return combine()
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
        guard let authorization = unopened[.authorization], authorization.offset > refreshed?.basedOn ?? -1 else {
            return nil
        }
        return authorization.keyID
    }

    func hasTaken(_ subject: CredentialTopicKey.Subject, at offset: Int64) -> Bool { offset <= offsets[subject] ?? -1 }

    private mutating func isNew(_ subject: CredentialTopicKey.Subject, _ offset: Int64) -> Bool {
        guard !hasTaken(subject, at: offset) else { return false }
        offsets[subject] = offset
        if let skipped = unopened[subject], skipped.offset <= offset { unopened[subject] = nil }
        return true
    }

    // MARK: What they come to

    /// No authorisation came since.
    private var isTokenInForce: Bool { refreshed.map { $0.basedOn ?? -1 >= authorizedAt ?? -1 } ?? false }

    /// - Returns: whether the record has changed.
    private mutating func combine() -> Bool {
        let before = record
        record = CredentialRecord()
        (record.ticket, record.ticketReceivedAt) = (before.ticket, before.ticketReceivedAt)
        if let refreshed {
            record.component = refreshed.component
            record.refreshToken = refreshed.refreshToken
            if let value = refreshed.accessToken, let expiresAt = refreshed.expiresAt {
                record.token = StoredToken(value: value, expiresAt: expiresAt, generation: refreshed.generation)
            }
        }
        if let authorization, !isTokenInForce { record.apply(authorization.event, at: authorization.time) }
        return record != before
    }
}
