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
    private var phase = Phase.new
    private var updatesUnderWay = 0
    private var settled: [Waiter] = []

    /// - Parameters:
    ///   - store: nil where nothing needs one.
    ///   - callTimeout: what one token call may take.
    init(_ store: (any CredentialStore)?, clock: any LoopClock, callTimeout: Duration) {
        self.store = store
        self.clock = clock
        limit = callTimeout * 3 + .seconds(5)
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

    /// Ends when no update is under way, and others may go on, or after `limit`. An update that is cut off could lose what
    /// WeChat has handed out.
    func settle(within limit: Duration) async {
        let deadline = clock.now + limit
        await endUpdates(within: limit)
        guard let store, case .open = phase else { return }
        let left = Waiter()
        EventLoopActor.startTask {
            await store.leave()
            left.resume()
        }
        let timer = clock.schedule(after: max(.zero, deadline - clock.now)) { left.resume() }
        try? await left.wait(.everything, under: nil)
        clock.cancel(timer)
    }

    private func endUpdates(within limit: Duration) async {
        guard updatesUnderWay > 0 else { return }
        let waiter = Waiter()
        settled.append(waiter)
        let timer = clock.schedule(after: limit) { waiter.resume() }
        try? await waiter.wait(.everything, under: nil)
        clock.cancel(timer)
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
