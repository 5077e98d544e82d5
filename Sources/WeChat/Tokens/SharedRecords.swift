internal import EventLoop

/// The credential store, as those see it who fetch tokens: opened once, before its first use; its errors in the words of
/// `APIFailure`; and tokens that other instances have left there.
@EventLoopActor
final class SharedRecords {
    private enum Phase {
        case new
        case opening([Waiter])
        case open
        case failed(CredentialStoreError)
    }

    private let store: (any CredentialStore)?
    private let clock: any LoopClock
    /// How long to wait for another instance that holds a record, and calls WeChat meanwhile.
    private let limit: Duration
    private let callTimeout: Duration
    private var phase = Phase.new
    private var updatesUnderWay = 0
    private var settled: [Waiter] = []
    private var isSettling = false

    /// Long enough for what a call has brought to be kept.
    private static let writeLimit = Duration.seconds(5)

    /// - Parameters:
    ///   - store: nil where nothing needs one.
    ///   - callTimeout: what one token call may take.
    init(_ store: (any CredentialStore)?, clock: any LoopClock, callTimeout: Duration) {
        self.store = store
        self.clock = clock
        self.callTimeout = callTimeout
        limit = callTimeout * 3 + Self.writeLimit
    }

    var names: Set<CredentialName> { store?.names ?? [] }

    var onChange: (@EventLoopActor (Set<CredentialName>) -> Void)? {
        get { store?.onChange }
        set { store?.onChange = newValue }
    }

    /// See `CredentialStore.onWanted`.
    var onWanted: (@EventLoopActor (CredentialName) async -> APIFailure?)? {
        get { store?.onWanted }
        set { store?.onWanted = newValue }
    }

    var isChangedElsewhere: Bool { store?.isChangedElsewhere ?? false }

    func close() {
        if case .opening(let waiters) = phase {
            phase = .failed(.failed("it is closed"))
            for waiter in waiters { waiter.resume() }
        }
        store?.close()
    }

    /// Ends when the store is open.
    func open() async throws(APIError) {
        guard let store else { throw .failed(.store(.failed("there is none"))) }
        switch phase {
        case .open: return
        case .failed(let error): throw .failed(.store(error))
        case .opening(let waiters):
            let waiter = Waiter()
            phase = .opening(waiters + [waiter])
            try? await waiter.wait(.everything, under: nil)
            try await open()
        case .new:
            phase = .opening([])
            let outcome: Phase
            do {
                try await store.open()
                outcome = .open
            } catch { outcome = .failed(error) }
            guard case .opening(let waiters) = phase else { throw .interrupted }
            phase = outcome
            for waiter in waiters { waiter.resume() }
            if case .failed(let error) = outcome { throw .failed(.store(error)) }
        }
    }

    func read(_ name: CredentialName) async throws(APIError) -> CredentialRecord {
        try await open()
        guard let store else { return CredentialRecord() }
        do { return try await store.read(name) } catch { throw .failed(.store(error)) }
    }

    func update(
        _ name: CredentialName,
        unless isEnough: @EventLoopActor (CredentialRecord) throws(APIError) -> Bool = { _ in false },
        _ change: @EventLoopActor (CredentialRecord) async throws(APIError) -> CredentialRecord?
    ) async throws(APIError) -> CredentialRecord {
        try await open()
        guard let store else { return CredentialRecord() }
        updatesUnderWay += 1
        defer { updateEnded() }
        do { return try await store.update(name, limit: limit, unless: isEnough, change) } catch {
            switch error {
            case .store(let error): throw .failed(.store(error))
            case .change(let error): throw error
            }
        }
    }

    private func updateEnded() {
        updatesUnderWay -= 1
        guard updatesUnderWay == 0 else { return }
        let waiters = settled
        settled = []
        for waiter in waiters { waiter.resume() }
    }

    /// To be asked right before a call whose answer is to be kept.
    /// - Throws: if the call may not be made.
    func checkCall() throws(APIError) {
        if isSettling { throw .interrupted }
        if isChangedElsewhere {
            throw .failed(.store(.busy("another instance refreshes since before this one could call WeChat")))
        }
    }

    /// Before an end: no call begins any more, and what those under way bring is kept. Ends when that is so, and others may
    /// go on; at the latest when the time is over that one call and the writing may take.
    func settle() async {
        isSettling = true
        let end = Waiter()
        EventLoopActor.startTask { [self] in
            if let store, case .open = phase { await store.leave() }
            await updatesEnd()
            end.resume()
        }
        let timer = clock.schedule(after: callTimeout + Self.writeLimit) { end.resume() }
        try? await end.wait(.everything, under: nil)
        clock.cancel(timer)
    }

    private func updatesEnd() async {
        guard updatesUnderWay > 0 else { return }
        let waiter = Waiter()
        settled.append(waiter)
        try? await waiter.wait(.everything, under: nil)
    }

    /// The record's token if it is good for a while; else a new one, which is stored before it is returned. No other
    /// process does the same meanwhile.
    ///
    /// - Parameters:
    ///   - last: the token that was refused, or is about to end.
    ///   - reserve: how long a token must still last that is found.
    func token(
        of name: CredentialName, insteadOf last: AccessToken?, reserve: Duration,
        renew: @EventLoopActor (CredentialRecord) async throws(APIError) -> FetchedToken
    ) async throws(APIError) -> FetchedToken {
        var result: FetchedToken?
        let record = try await update(
            name,
            unless: { record throws(APIError) in good(record.token, insteadOf: last, reserve: reserve) != nil }
        ) { record throws(APIError) in
            let asked = clock.wallTime
            let fetched = try await renew(record)
            result = fetched
            var record = record
            record.keep(fetched, askedAt: asked)
            return record
        }
        // One that another instance has just fetched need not last for long.
        guard let result = result ?? good(record.token, insteadOf: last, reserve: .zero) else {
            throw .failed(.store(.busy("\(name) has got no token, or one that ends at once")))
        }
        return result
    }

    /// A stored token that may be used without a call: not the one that is to be replaced. One that another instance has
    /// put in its place need not last for long, any other one for `reserve`.
    func good(_ stored: StoredToken?, insteadOf last: AccessToken?, reserve: Duration) -> FetchedToken? {
        guard let stored, stored.value != last else { return nil }
        let rest = stored.expiresAt - clock.wallTime
        guard rest > (last == nil ? reserve : min(reserve, .seconds(30))) else { return nil }
        return FetchedToken(token: stored.value, lifetime: rest)
    }
}

extension CredentialRecord {
    /// - Parameter asked: when the token was asked for.
    mutating func keep(_ fetched: FetchedToken, askedAt asked: WallTime) {
        token = StoredToken(
            value: fetched.token, expiresAt: asked + fetched.lifetime, generation: (token?.generation ?? 0) + 1)
    }
}
