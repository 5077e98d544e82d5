import EventLoop
import Testing

@testable import query_worker

@Suite struct SimulatedTokensTests {
    private var generator = SplitMix64(seed: 1)
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)

    private mutating func issue(
        _ tokens: inout SimulatedTokens, lifetime: Duration = .seconds(7200), isForced: Bool = false,
        after delay: Duration
    ) -> SimulatedTokens.Issued {
        tokens.issueStable(
            appid: "wx1", lifetime: lifetime, isForced: isForced, at: start + delay, using: &generator)
    }

    private mutating func issue(
        _ tokens: inout SimulatedTokens, _ kind: SimulatedTokens.Owner.Kind, overlap: Duration, after delay: Duration
    ) -> String {
        tokens.issue(
            to: SimulatedTokens.Owner(kind: kind, appid: "wx1"), lifetime: .seconds(7200), overlap: overlap,
            at: start + delay, using: &generator
        ).token
    }

    /// What is wrong with the token; nil if nothing is.
    private func problem(_ tokens: SimulatedTokens, _ token: String, after delay: Duration) -> SimulatedErrorCode? {
        do throws(SimulatedErrorCode) {
            #expect(try tokens.check(token, at: start + delay).appid == "wx1")
            return nil
        } catch {
            return error
        }
    }

    @Test mutating func keepsATokenUntilFiveMinutesBeforeItsEnd() {
        var tokens = SimulatedTokens()
        let first = issue(&tokens, after: .zero)
        let again = issue(&tokens, after: .seconds(6899))
        #expect(again == SimulatedTokens.Issued(token: first.token, lifetime: .seconds(301), isNew: false))
        let second = issue(&tokens, after: .seconds(6900))
        #expect(second.token != first.token)
        #expect(second.lifetime == .seconds(7200))
        #expect(problem(tokens, first.token, after: .seconds(7199)) == nil)
        #expect(problem(tokens, first.token, after: .seconds(7200)) == .tokenExpired)
        #expect(problem(tokens, second.token, after: .seconds(7200)) == nil)
    }

    @Test mutating func renewsAShortLivedTokenAtHalfItsLife() {
        var tokens = SimulatedTokens()
        let first = issue(&tokens, lifetime: .seconds(2), after: .zero)
        let same = issue(&tokens, lifetime: .seconds(2), after: .milliseconds(999)).token
        #expect(same == first.token)
        let next = issue(&tokens, lifetime: .seconds(2), after: .seconds(1)).token
        #expect(next != first.token)
    }

    @Test mutating func revokesTheOldTokenWhenForcedButNotTooOften() {
        var tokens = SimulatedTokens()
        let first = issue(&tokens, after: .zero)
        let same = issue(&tokens, isForced: true, after: .seconds(29)).token
        #expect(same == first.token)
        let second = issue(&tokens, isForced: true, after: .seconds(30))
        #expect(second.token != first.token)
        #expect(problem(tokens, first.token, after: .seconds(30)) == .invalidCredential)
    }

    @Test mutating func neverHandsOutARevokedToken() {
        var tokens = SimulatedTokens()
        let first = issue(&tokens, after: .zero)
        let revoked = tokens.revokeCurrent(ofAccount: "wx1", at: start)
        #expect(revoked == 1)
        #expect(problem(tokens, first.token, after: .zero) == .invalidCredential)
        let next = issue(&tokens, after: .zero).token
        #expect(next != first.token)
    }

    @Test mutating func forgetsOldTokens() {
        var tokens = SimulatedTokens()
        let first = issue(&tokens, after: .zero)
        var last = first
        for _ in 0..<64 {
            _ = tokens.revokeCurrent(ofAccount: "wx1", at: start)
            last = issue(&tokens, after: .zero)
        }
        #expect(problem(tokens, first.token, after: .zero) == .invalidCredential)
        #expect(problem(tokens, last.token, after: .zero) == nil)
    }

    @Test mutating func leavesTheTokenBeforeItsOverlap() {
        var tokens = SimulatedTokens()
        let first = issue(&tokens, .legacy, overlap: .seconds(300), after: .zero)
        let second = issue(&tokens, .legacy, overlap: .seconds(300), after: .seconds(10))
        #expect(problem(tokens, first, after: .seconds(309)) == nil)
        #expect(problem(tokens, first, after: .seconds(310)) == .invalidCredential)
        // The third one leaves nothing to the first.
        let third = issue(&tokens, .legacy, overlap: .seconds(300), after: .seconds(20))
        #expect(problem(tokens, first, after: .seconds(20)) == .invalidCredential)
        #expect(problem(tokens, second, after: .seconds(319)) == nil)
        #expect(problem(tokens, third, after: .seconds(7219)) == nil)
        #expect(problem(tokens, third, after: .seconds(7220)) == .tokenExpired)
    }

    @Test mutating func keepsChainsApart() {
        var tokens = SimulatedTokens()
        let stable = issue(&tokens, after: .zero).token
        let legacy = issue(&tokens, .legacy, overlap: .zero, after: .zero)
        let authorizer = issue(&tokens, .authorizer(component: "wxc1"), overlap: .zero, after: .zero)
        for token in [stable, legacy, authorizer] { #expect(problem(tokens, token, after: .zero) == nil) }
        let ofAnother = tokens.revokeCurrent(ofAccount: "wx2", at: start)
        #expect(ofAnother == nil)
        let ofAll = tokens.revokeCurrent(ofAccount: nil, at: start)
        #expect(ofAll == 3)
        for token in [stable, legacy, authorizer] {
            #expect(problem(tokens, token, after: .zero) == .invalidCredential)
        }
    }
}
