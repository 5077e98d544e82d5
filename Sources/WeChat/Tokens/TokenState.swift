internal import EventLoop

/// The states of an account's token, without the waiting and the fetching: `TokenProvider` does what this decides.
///
/// At most one fetch is under way, from `.fetch` until `fetchSucceeded` or `fetchFailed`. A token that works stays in
/// use while another is fetched, and while fetching fails.
struct TokenState: Equatable, Sendable {
    enum State: Equatable, Sendable {
        case none
        case valid(IssuedToken)
        case refreshing(inUse: IssuedToken?)
        case failed(until: MonotonicTime, APIFailure, inUse: IssuedToken?)
    }

    private(set) var state = State.none
    private var refusals: RefusalPacing
    private var failures = 0

    init(refusals: RefusalPacing = RefusalPacing()) { self.refusals = refusals }

    /// The token that calls may use now.
    func usable(at now: MonotonicTime) -> IssuedToken? {
        switch state {
        case .none, .refreshing(nil), .failed(_, _, nil): nil
        case .valid(let issued), .refreshing(let issued?), .failed(_, _, let issued?):
            issued.isUsable(at: now) ? issued : nil
        }
    }

    // MARK: Events

    enum WantedAction: Equatable {
        case use(AccessToken)
        /// Wait for the fetch that is under way.
        case wait
        /// Start the fetch, and wait for it.
        case fetchAndWait
        /// The last fetch failed, and the next is not due yet.
        case fail(APIFailure, for: Duration)
    }

    mutating func tokenWanted(at now: MonotonicTime) -> WantedAction {
        if let issued = usable(at: now) { return .use(issued.token) }
        switch state {
        case .refreshing: return .wait
        case .failed(let until, let failure, _) where now < until: return .fail(failure, for: until - now)
        case .none, .valid, .failed:
            state = .refreshing(inUse: nil)
            return .fetchAndWait
        }
    }

    /// The time came at which the current state wants a fetch: `nextFetch`.
    /// - Returns: whether a fetch must start.
    mutating func fetchDue(at now: MonotonicTime) -> Bool {
        if case .refreshing = state { return false }
        state = .refreshing(inUse: usable(at: now))
        return true
    }

    /// A call was refused for its token. Only the token that it used is dropped: refusals arrive late, when another
    /// one has long been fetched.
    /// - Returns: whether the token was dropped.
    mutating func tokenRefused(_ token: AccessToken, at now: MonotonicTime) -> Bool {
        switch state {
        case .valid(let issued) where issued.token == token:
            guard refusals.mayFetch(insteadOf: token, at: now) else { return false }
            state = .none
            return true
        case .refreshing(let issued?) where issued.token == token:
            state = .refreshing(inUse: nil)
            return true
        case .failed(let until, let failure, let issued?) where issued.token == token:
            state = .failed(until: until, failure, inUse: nil)
            return true
        default: return false
        }
    }

    mutating func fetchSucceeded(_ issued: IssuedToken) {
        failures = 0
        state = .valid(issued)
    }

    /// Another instance renewed the token, and left it in the store. A fetch under way will find it there by itself.
    /// - Returns: whether the token is in use now.
    mutating func tokenTakenOver(_ issued: IssuedToken) -> Bool {
        if case .refreshing = state { return false }
        fetchSucceeded(issued)
        return true
    }

    /// The account lost what its tokens come from. A fetch under way will find that out by itself.
    /// - Returns: how long until the next fetch; nil if one is under way.
    mutating func tokenWithdrawn(_ failure: APIFailure, at now: MonotonicTime, fraction: Double) -> Duration? {
        if case .refreshing = state {
            state = .refreshing(inUse: nil)
            return nil
        }
        state = .none
        return fetchFailed(failure, at: now, fraction: fraction)
    }

    /// - Returns: how long until the next fetch.
    mutating func fetchFailed(_ failure: APIFailure, at now: MonotonicTime, fraction: Double) -> Duration {
        failures += 1
        let delay = TokenBackoff.delay(after: failure, failures: failures, fraction: fraction)
        state = .failed(until: now + delay, failure, inUse: usable(at: now))
        return delay
    }

    /// When to fetch without being asked.
    var nextFetch: MonotonicTime? {
        switch state {
        case .none, .refreshing: nil
        case .valid(let issued): issued.refreshAt
        case .failed(let until, _, _): until
        }
    }
}
