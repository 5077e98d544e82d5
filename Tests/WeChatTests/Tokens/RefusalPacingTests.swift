import EventLoop
import Testing

@testable import WeChat

@Suite struct RefusalPacingTests {
    private let token = AccessToken("refused")

    @Test func allowsTheFirstRefusalAtOnce() {
        var pacing = RefusalPacing()
        let mayFetch = pacing.mayFetch(insteadOf: token, at: .at(0))
        #expect(mayFetch)
    }

    /// One refusal every 100 ms, for ten minutes: a fetch may come only after a pause that doubles up to a minute.
    @Test func doublesThePauseUpToAMinute() {
        var pacing = RefusalPacing()
        let allowed = (0..<6000).map { Double($0) / 10 }.filter { pacing.mayFetch(insteadOf: token, at: .at($0)) }
        #expect(allowed == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363, 423, 483, 543])
    }

    /// The 64th second brings the seventh fetch, and a pause of a minute.
    @Test(arguments: [
        ([363.0, 363.9, 364], [true, false, true]), ([362.9, 364, 422.8, 422.9], [true, false, false, true]),
    ])
    func startsAnewAfterFiveQuietMinutes(times: [Double], expected: [Bool]) {
        var pacing = RefusalPacing()
        for second in 0..<100 { _ = pacing.mayFetch(insteadOf: token, at: .at(Double(second))) }
        #expect(times.map { pacing.mayFetch(insteadOf: token, at: .at($0)) } == expected)
    }

    /// Somebody revokes token after token: each was good when it came, so each may be replaced at once.
    @Test func allowsTheFirstRefusalOfEveryToken() {
        var pacing = RefusalPacing()
        let allowed = (0..<20).map { number in
            pacing.mayFetch(insteadOf: AccessToken("token-\(number)"), at: .at(Double(number) / 10))
        }
        #expect(allowed.allSatisfy { $0 })
    }

    /// Where each fetch issues another token, a WeChat that refuses them all would get a call for each refusal.
    @Test func pausesWhateverTheTokenWhereEachFetchIssuesAnother() {
        var pacing = RefusalPacing(issuesAnother: true)
        let allowed = (0..<100).filter { second in
            pacing.mayFetch(insteadOf: AccessToken("token-\(second)"), at: .at(Double(second)))
        }
        #expect(allowed == [0, 1, 3, 7, 15, 31, 63])
    }
}
