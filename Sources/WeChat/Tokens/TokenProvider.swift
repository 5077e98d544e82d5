internal import EventLoop

/// One account's token: hands it to calls, fetches it once for all that wait, renews it before it ends.
@EventLoopActor
final class TokenProvider {
    let account: String

    private let fetcher: any TokenFetcher
    private let clock: any LoopClock
    private let random: LoopRandom
    private let events: @EventLoopActor (WeChatEvent) -> Void
    private let becameUsable: @EventLoopActor () -> Void
    /// Ends the fetch under way when the provider is closed.
    private let life = Interruption()
    private var state = TokenState()
    private var waiters: [Waiter] = []
    private var timer: LoopTimer?
    private var lastToken: AccessToken?
    private var isClosed = false

    init(
        account: String, fetcher: any TokenFetcher, clock: any LoopClock, random: LoopRandom,
        events: @escaping @EventLoopActor (WeChatEvent) -> Void, becameUsable: @escaping @EventLoopActor () -> Void
    ) {
        self.account = account
        self.fetcher = fetcher
        self.clock = clock
        self.random = random
        self.events = events
        self.becameUsable = becameUsable
    }

    /// Fetches the first token without waiting for a call that wants it.
    func start() {
        if state.state == .none { fetchIfDue() }
    }

    func close() {
        isClosed = true
        stopTimer()
        life.interrupt(.everything, cause: .handedOver)
        resumeWaiters()
    }

    var isUsable: Bool { state.usable(at: clock.now) != nil }

    /// The token to call with. Waits, in order, for a fetch that is under way or that this call starts.
    func token(under interruption: Interruption) async throws(APIError) -> AccessToken {
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
        events(.tokenRefused(account: account, errcode: errcode))
    }

    /// A fetch that failed since WeChat could not be reached need not wait any longer.
    func hostIsBack() {
        guard case .failed(_, let failure, _) = state.state, failure.disposition == .retry else { return }
        fetchIfDue()
    }

    var status: TokenStatus {
        let now = clock.now
        let usable = state.usable(at: now)
        var status = TokenStatus(account: account, state: .none, isUsable: usable != nil)
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
            succeeded(try await fetcher.fetch(under: life), requestedAt: requestedAt)
        } catch {
            guard !isClosed, case .failed(let failure) = error else { return }
            failed(failure)
        }
    }

    private func succeeded(_ fetched: FetchedToken, requestedAt: MonotonicTime) {
        guard !isClosed else { return }
        state.fetchSucceeded(
            IssuedToken(
                fetched.token, lifetime: fetched.lifetime, requestedAt: requestedAt, fraction: random.fraction()))
        events(.tokenFetched(account: account, lifetime: fetched.lifetime, isSame: fetched.token == lastToken))
        lastToken = fetched.token
        setTimer()
        resumeWaiters()
        becameUsable()
    }

    private func failed(_ failure: APIFailure) {
        let delay = state.fetchFailed(failure, at: clock.now, fraction: random.fraction())
        events(.tokenCallFailed(account: account, failure: failure, nextTry: delay))
        setTimer()
        resumeWaiters()
    }

    private func resumeWaiters() {
        let waiters = waiters
        self.waiters = []
        for waiter in waiters { waiter.resume() }
    }

    private func setTimer() {
        stopTimer()
        guard let next = state.nextFetch else { return }
        timer = clock.schedule(after: next - clock.now) { [weak self] in
            self?.timer = nil
            self?.fetchIfDue()
        }
    }

    private func stopTimer() {
        if let timer { clock.cancel(timer) }
        timer = nil
    }
}
