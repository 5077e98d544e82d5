import EventLoop
import Testing

@testable import query_worker

@Suite struct SimulatedTokensTests {
    private var generator = SplitMix64(seed: 1)
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)

    private mutating func issue(
        _ tokens: inout SimulatedTokens, isForced: Bool = false, after delay: Duration
    ) throws -> SimulatedTokens.Issued {
        try tokens.issue(appid: "wx1", secret: "s", isForced: isForced, at: start + delay, using: &generator).get()
    }

    @Test mutating func keepsATokenUntilFiveMinutesBeforeItsEnd() throws {
        var tokens = SimulatedTokens(secrets: [:], lifetime: .seconds(7200))
        let first = try issue(&tokens, after: .zero)
        let again = try issue(&tokens, after: .seconds(6899))
        #expect(again == SimulatedTokens.Issued(token: first.token, lifetime: .seconds(301), isNew: false))
        let second = try issue(&tokens, after: .seconds(6900))
        #expect(second.token != first.token)
        #expect(second.lifetime == .seconds(7200))
        #expect(tokens.check(first.token, at: start + .seconds(7199)) == .good(appid: "wx1"))
        #expect(tokens.check(first.token, at: start + .seconds(7200)) == .refused(.tokenExpired))
        #expect(tokens.check(second.token, at: start + .seconds(7200)) == .good(appid: "wx1"))
    }

    @Test mutating func renewsAShortLivedTokenAtHalfItsLife() throws {
        var tokens = SimulatedTokens(secrets: [:], lifetime: .seconds(2))
        let first = try issue(&tokens, after: .zero)
        #expect(try issue(&tokens, after: .milliseconds(999)).token == first.token)
        #expect(try issue(&tokens, after: .seconds(1)).token != first.token)
    }

    @Test mutating func revokesTheOldTokenWhenForcedButNotTooOften() throws {
        var tokens = SimulatedTokens(secrets: [:], lifetime: .seconds(7200))
        let first = try issue(&tokens, after: .zero)
        #expect(try issue(&tokens, isForced: true, after: .seconds(29)).token == first.token)
        let second = try issue(&tokens, isForced: true, after: .seconds(30))
        #expect(second.token != first.token)
        #expect(tokens.check(first.token, at: start + .seconds(30)) == .refused(.invalidCredential))
    }

    @Test mutating func neverHandsOutARevokedToken() throws {
        var tokens = SimulatedTokens(secrets: [:], lifetime: .seconds(7200))
        let first = try issue(&tokens, after: .zero)
        tokens.revokeCurrent(of: "wx1")
        #expect(tokens.check(first.token, at: start) == .refused(.invalidCredential))
        #expect(try issue(&tokens, after: .zero).token != first.token)
    }

    @Test mutating func forgetsOldTokens() throws {
        var tokens = SimulatedTokens(secrets: [:], lifetime: .seconds(7200))
        let first = try issue(&tokens, after: .zero)
        var last = first
        for _ in 0..<64 {
            tokens.revokeCurrent(of: "wx1")
            last = try issue(&tokens, after: .zero)
        }
        #expect(tokens.check(first.token, at: start) == .refused(.invalidCredential))
        #expect(tokens.check(last.token, at: start) == .good(appid: "wx1"))
    }
}
