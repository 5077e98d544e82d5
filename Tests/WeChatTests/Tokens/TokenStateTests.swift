import EventLoop
import Testing

@testable import WeChat

@Suite struct TokenStateTests {
    private static let first = issued("first", at: 0)
    private static let second = issued("second", at: 100)
    private static let expired = issued("expired", at: -7200)
    private static let now = MonotonicTime.at(100)
    private static let failure = APIFailure.sample(.transport)

    /// Every state, as it is at `now`.
    enum Situation: CaseIterable {
        case none, valid, expired, refreshing, refreshingInUse, failed, failedInUse, failedAndDue

        var state: TokenState {
            var state = TokenState()
            switch self {
            case .none: break
            case .valid: state.fetchSucceeded(first)
            case .expired: state.fetchSucceeded(TokenStateTests.expired)
            case .refreshing: _ = state.fetchDue(at: now)
            case .refreshingInUse:
                state.fetchSucceeded(first)
                _ = state.fetchDue(at: now)
            case .failed:
                _ = state.fetchFailed(failure, at: now, fraction: 1)
            case .failedInUse:
                state.fetchSucceeded(first)
                _ = state.fetchFailed(failure, at: now, fraction: 1)
            case .failedAndDue:
                _ = state.fetchFailed(failure, at: .at(99), fraction: 1)
            }
            return state
        }
    }

    @Test(arguments: [
        (Situation.none, TokenState.WantedAction.fetchAndWait), (.valid, .use(first.token)), (.expired, .fetchAndWait),
        (.refreshing, .wait), (.refreshingInUse, .use(first.token)), (.failed, .fail(failure, for: .seconds(1))),
        (.failedInUse, .use(first.token)), (.failedAndDue, .fetchAndWait),
    ])
    func answersACallThatWantsAToken(situation: Situation, expected: TokenState.WantedAction) {
        var state = situation.state
        let before = state
        let action = state.tokenWanted(at: Self.now)
        #expect(action == expected)
        if expected == .fetchAndWait {
            #expect(state.state == .refreshing(inUse: nil))
            let next = state.tokenWanted(at: Self.now)
            #expect(next == .wait)
        } else {
            #expect(state == before)
        }
    }

    @Test(arguments: [
        (Situation.none, TokenState.State.refreshing(inUse: nil)), (.valid, .refreshing(inUse: first)),
        (.expired, .refreshing(inUse: nil)), (.failed, .refreshing(inUse: nil)),
        (.failedInUse, .refreshing(inUse: first)), (.failedAndDue, .refreshing(inUse: nil)),
    ])
    func startsAFetchThatIsDue(situation: Situation, expected: TokenState.State) {
        var state = situation.state
        let mustFetch = state.fetchDue(at: Self.now)
        #expect(mustFetch)
        #expect(state.state == expected)
    }

    @Test(arguments: [Situation.refreshing, .refreshingInUse])
    func startsNoSecondFetch(situation: Situation) {
        var state = situation.state
        let mustFetch = state.fetchDue(at: Self.now)
        #expect(!mustFetch)
        #expect(state == situation.state)
    }

    @Test(arguments: [
        (Situation.valid, TokenState.State.none), (.refreshingInUse, .refreshing(inUse: nil)),
        (.failedInUse, .failed(until: .at(101), failure, inUse: nil)),
    ])
    func dropsTheTokenThatWasRefused(situation: Situation, expected: TokenState.State) {
        var state = situation.state
        let wasDropped = state.tokenRefused(Self.first.token, at: Self.now)
        #expect(wasDropped)
        #expect(state.state == expected)
        #expect(state.usable(at: Self.now) == nil)
    }

    @Test(arguments: Situation.allCases)
    func ignoresTheLateRefusalOfAnotherToken(situation: Situation) {
        var state = situation.state
        let wasDropped = state.tokenRefused(AccessToken("long gone"), at: Self.now)
        #expect(!wasDropped)
        #expect(state == situation.state)
    }

    @Test(arguments: Situation.allCases)
    func usesWhatWasFetched(situation: Situation) {
        var state = situation.state
        state.fetchSucceeded(Self.second)
        #expect(state.state == .valid(Self.second))
        #expect(state.usable(at: Self.now) == Self.second)
    }

    @Test(arguments: Situation.allCases)
    func keepsATokenThatWorksWhenTheNextCannotBeHad(situation: Situation) {
        var state = situation.state
        let inUse = state.usable(at: Self.now)
        let delay = state.fetchFailed(Self.failure, at: Self.now, fraction: 1)
        #expect(state.state == .failed(until: Self.now + delay, Self.failure, inUse: inUse))
    }

    @Test(arguments: [
        (Situation.none, nil), (.valid, first.refreshAt), (.refreshing, nil), (.refreshingInUse, nil),
        (.failed, MonotonicTime.at(101)), (.failedInUse, .at(101)), (.failedAndDue, .at(100)),
    ])
    func saysWhenToFetchUnasked(situation: Situation, expected: MonotonicTime?) {
        #expect(situation.state.nextFetch == expected)
    }

    @Test func countsFailuresInARow() {
        var state = TokenState()
        let delays = (0..<3).map { _ in state.fetchFailed(Self.failure, at: Self.now, fraction: 1) }
        #expect(delays == [.seconds(1), .seconds(2), .seconds(4)])
        state.fetchSucceeded(Self.first)
        let delay = state.fetchFailed(Self.failure, at: Self.now, fraction: 1)
        #expect(delay == .seconds(1))
    }

    /// WeChat refuses good tokens for minutes at times; dropping each would use up the day's token calls.
    @Test func keepsATokenThatIsRefusedSoonAfterTheOneBefore() {
        var state = TokenState()
        var isDropped: [Bool] = []
        for time in [0.0, 0.5, 1, 2.9, 3] {
            state.fetchSucceeded(Self.first)
            isDropped.append(state.tokenRefused(Self.first.token, at: .at(time)))
        }
        #expect(isDropped == [true, false, true, false, true])
    }

    private static func issued(_ value: String, at time: Double) -> IssuedToken {
        IssuedToken(
            FetchedToken(token: AccessToken(value), lifetime: .seconds(7200)), requestedAt: .at(time), fraction: 0)
    }
}
