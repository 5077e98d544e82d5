internal import EventLoop

/// One account's token, or a component's: hands it to calls, fetches it once for all that wait, renews it before it ends.
///
/// Life cycle: nothing is fetched until `start()`, or until a call wants the token. From then on it is renewed ahead, or,
/// where its policy says so, only while it is used. After a failure it is fetched again as `TokenBackoff` says; at once
/// when the secret, or the record in the store, has changed. `retire()` ends the timers, `close()` ends everything.
@EventLoopActor
final class TokenProvider {
    let appID: String
    /// The platform's, which its tokens come from.
    let source: TokenProvider?

    private let fetcher: any TokenFetcher
    private let policy: TokenRefreshPolicy
    private let clock: any LoopClock
    private let random: LoopRandom
    private let events: @EventLoopActor (WeChatEvent) -> Void
    private let becameUsable: @EventLoopActor () -> Void
    /// Ends the fetch under way when the provider is closed.
    private let life = Interruption()
    private var state: TokenState
    private var waiters: [Waiter] = []
    private var timer: LoopTimer?
    private var secretTimer: LoopTimer?
    private var lastToken: AccessToken?
    private(set) var lastUsed: MonotonicTime
    private var mustFetchAgain = false
    private var isRetired = false
    private var isClosed = false

    private static let secretInterval = Duration.seconds(1)

    init(
        appID: String, source: TokenProvider? = nil, fetcher: any TokenFetcher,
        policy: TokenRefreshPolicy = .handedOutAgain, clock: any LoopClock, random: LoopRandom,
        events: @escaping @EventLoopActor (WeChatEvent) -> Void, becameUsable: @escaping @EventLoopActor () -> Void
    ) {
        self.appID = appID
        self.source = source
        self.fetcher = fetcher
        self.policy = policy
        state = TokenState(refusals: RefusalPacing(issuesAnother: policy.issuesAnother))
        lastUsed = clock.now
        self.clock = clock
        self.random = random
        self.events = events
        self.becameUsable = becameUsable
    }

    /// Fetches the first token without waiting for a call that wants it.
    func start() {
        if state.state == .none { fetchIfDue() }
    }

    /// Does nothing unasked any more. Calls that still hold it go on.
    func retire() {
        isRetired = true
        stopTimer()
    }

    func close() {
        isClosed = true
        stopTimer()
        life.interrupt(.everything, cause: .handedOver)
        resumeWaiters()
    }

    var isUsable: Bool { state.usable(at: clock.now) != nil }

    /// There is no token, and nobody has wanted one since.
    var isIdle: Bool {
        switch state.state {
        case .none, .valid: !isUsable
        case .refreshing, .failed: false
        }
    }

    /// Another instance fetches it, and may not even be there.
    var isFetchedElsewhere: Bool { fetcher.isElsewhere }

    /// There is none now, and another instance fetches it.
    var isAwaitedFromElsewhere: Bool { !isUsable && isFetchedElsewhere }

    /// Whether calls that begin now use it.
    func isInUse(_ token: AccessToken) -> Bool { state.usable(at: clock.now)?.token == token }

    /// The token to call with, where it need not be waited for, as for nearly every call.
    // Not inlined: the task of each call would hold room for the copies that this makes.
    @inline(never)
    func tokenAtOnce() -> AccessToken? {
        lastUsed = clock.now
        return isClosed ? nil : state.usable(at: lastUsed)?.token
    }

    /// The token to call with. Waits, in order, for a fetch that is under way or that this call starts.
    func token(under interruption: Interruption) async throws(APIError) -> AccessToken {
        lastUsed = clock.now
        while !isClosed {
            switch state.tokenWanted(at: clock.now) {
            case .use(let token): return token
            case .fail(let failure, let delay): throw .failed(failure.delayed(by: delay, at: clock.wallTime))
            case .fetchAndWait: startFetch()
            case .wait: break
            }
            let waiter = Waiter()
            waiters.append(waiter)
            do { try await waiter.wait(.waits, under: interruption) } catch { throw APIError(error) }
        }
        throw .interrupted
    }

    /// A call with `token` was refused for it. The next `token(under:)` brings another one, if there is reason to ask.
    func refused(_ token: AccessToken, errcode: Int?) {
        guard !isClosed, state.tokenRefused(token, at: clock.now) else { return }
        // Not left to the next call: there may be none for hours, and until then the account would seem unusable.
        if state.state == .none { fetchIfDue() } else { setTimer() }
        events(.tokenRefused(account: appID, errcode: errcode))
    }

    // MARK: Changes from outside

    /// What calls use now, or used last.
    var currentToken: AccessToken? { state.usable(at: clock.now)?.token ?? lastToken }

    /// Why there is no token, or no newer one, while the next try is not due yet.
    var failure: APIFailure? {
        guard case .failed(_, let failure, _) = state.state else { return nil }
        return failure
    }

    /// There is another token to be had, or the reason of the last failure is gone: fetches at once.
    func fetchNow() {
        if !isClosed { fetchIfDue() }
    }

    /// What tokens come from has changed: fetches at once if it was that which was missing. A fetch under way may have
    /// looked before; if it fails, it is made once more.
    func sourceChanged() {
        if case .refreshing = state.state {
            mustFetchAgain = true
        } else if let kind = failure?.kind, kind == .credentials || kind == .reauthorize {
            fetchNow()
        }
    }

    /// Another instance wants another token than `token`, which is the store's.
    /// - Returns: why it is not fetched: the last fetch failed, and the next is not due yet.
    func wanted(insteadOf token: AccessToken?) -> APIFailure? {
        guard !isClosed else { return nil }
        switch state.state {
        case .refreshing: return nil
        case .failed(let until, let failure, _) where until > clock.now:
            return failure.delayed(by: until - clock.now, at: clock.wallTime)
        case .none, .valid, .failed:
            // Else the fetch would find the store's token, and be content.
            if let token { lastToken = token }
            fetchIfDue()
            return nil
        }
    }

    /// Another instance renewed the token, and left this one in the store.
    func takeOver(_ fetched: FetchedToken) {
        guard !isClosed, fetched.token != lastToken else { return }
        let issued = IssuedToken(fetched, requestedAt: clock.now, fraction: random.fraction(), policy: policy)
        guard state.tokenTakenOver(issued) else { return }
        lastToken = fetched.token
        setTimer()
        becameUsable()
    }

    /// The account lost what its tokens come from.
    func withdraw(_ failure: APIFailure) {
        guard !isClosed, let delay = state.tokenWithdrawn(failure, at: clock.now, fraction: random.fraction()) else {
            return
        }
        events(.tokenCallFailed(account: appID, failure: failure, nextTry: delay))
        setTimer()
    }

    /// A fetch that failed since WeChat could not be reached need not wait any longer.
    func hostIsBack() {
        guard case .failed(_, let failure, _) = state.state, failure.disposition == .retry else { return }
        fetchIfDue()
    }

    var status: TokenStatus {
        let now = clock.now
        let usable = state.usable(at: now)
        var status = TokenStatus(account: appID, state: .none, isUsable: usable != nil)
        status.expiresAt = usable.map { clock.wallTime + ($0.expiresAt - now) }
        switch state.state {
        case .none: break
        case .valid: status.state = .valid
        case .refreshing: status.state = .refreshing
        case .failed(let until, let failure, _):
            status.state = .failed
            status.failure = failure
            status.nextTry = clock.wallTime + (until - now)
        }
        return status
    }

    // MARK: Fetching

    private func fetchIfDue() {
        if state.fetchDue(at: clock.now) { startFetch() }
    }

    private func startFetch() {
        stopTimer()
        EventLoopActor.startTask { [self] in await fetch() }
    }

    private func fetch() async {
        let requestedAt = clock.now
        do {
            succeeded(try await fetcher.fetch(insteadOf: lastToken, under: life), requestedAt: requestedAt)
        } catch {
            guard !isClosed, case .failed(let failure) = error else { return }
            failed(failure)
        }
    }

    private func succeeded(_ fetched: FetchedToken, requestedAt: MonotonicTime) {
        guard !isClosed else { return }
        mustFetchAgain = false
        state.fetchSucceeded(
            IssuedToken(fetched, requestedAt: requestedAt, fraction: random.fraction(), policy: policy))
        let isSame = fetched.token == lastToken
        // Looking every minute whether somebody has replaced the token is no event.
        if !isSame || fetched.refreshAfter == nil {
            events(.tokenFetched(account: appID, lifetime: fetched.lifetime, isSame: isSame))
        }
        lastToken = fetched.token
        setTimer()
        resumeWaiters()
        becameUsable()
    }

    private func failed(_ failure: APIFailure) {
        let delay = state.fetchFailed(failure, at: clock.now, fraction: random.fraction())
        events(.tokenCallFailed(account: appID, failure: failure, nextTry: delay))
        setTimer()
        resumeWaiters()
        if mustFetchAgain {
            mustFetchAgain = false
            fetchIfDue()
        }
    }

    private func resumeWaiters() {
        let waiters = waiters
        self.waiters = []
        for waiter in waiters { waiter.resume() }
    }

    private func setTimer() {
        stopTimer()
        guard !isRetired else { return }
        watchSecret()
        guard let next = state.nextFetch else { return }
        timer = clock.schedule(after: next - clock.now) { [weak self] in
            self?.timer = nil
            self?.fetchIfDueAndUsed()
        }
    }

    private func fetchIfDueAndUsed() {
        if let limit = policy.onlyIfUsedWithin, clock.now - lastUsed > limit { return }
        fetchIfDue()
    }

    /// A corrected secret needs no back-off to be waited for.
    private func watchSecret() {
        guard case .failed(_, let failure, _) = state.state, failure.kind == .credentials, fetcher.secret != nil
        else { return }
        secretTimer = clock.schedule(after: Self.secretInterval) { [weak self] in
            guard let self, let secret = fetcher.secret else { return }
            secretTimer = nil
            EventLoopActor.startTask { [self] in await look(at: secret) }
        }
    }

    private func look(at secret: WatchedSecret) async {
        let hasChanged = await secret.hasChanged
        // That can have taken a while: a fetch may have succeeded, or failed again, which looks anew by itself.
        guard !isClosed, !isRetired, secretTimer == nil, failure?.kind == .credentials else { return }
        if hasChanged { fetchIfDue() } else { watchSecret() }
    }

    private func stopTimer() {
        if let timer { clock.cancel(timer) }
        if let secretTimer { clock.cancel(secretTimer) }
        timer = nil
        secretTimer = nil
    }
}
