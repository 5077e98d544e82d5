import Testing

@testable import WeChat

@Suite struct TokenBackoffTests {
    @Test(arguments: [(1, 1.0), (2, 2), (3, 4), (6, 32), (7, 60), (8, 60), (1000, 60)])
    func doublesFromOneSecondToAMinuteOfWhichHalfIsJitter(failures: Int, ceiling: Double) {
        let failure = APIFailure.sample(.busy)
        #expect(TokenBackoff.delay(after: failure, failures: failures, fraction: 0) == .seconds(ceiling / 2))
        #expect(TokenBackoff.delay(after: failure, failures: failures, fraction: 1) == .seconds(ceiling))
    }

    /// The account's jobs wait for nothing else once WeChat can be reached again.
    @Test func asksEveryFewSecondsWhileWeChatCannotBeReached() {
        #expect(TokenBackoff.delay(after: .sample(.transport), failures: 1, fraction: 1) == .seconds(1))
        #expect(TokenBackoff.delay(after: .sample(.timeout), failures: 1000, fraction: 1) == .seconds(5))
    }

    @Test(arguments: [
        (APIFailure.sample(.credentials, errcode: 40125, .holdAccount), 30),
        (.sample(.permission, errcode: 48001, .holdAccount), 30),
        (.sample(.apiError, errcode: 12345, .giveUp), 30),
        (.sample(.quotaExhausted, errcode: 45009, .holdAccount), 600),
        (.sample(.credentials, errcode: 89507, .holdAccount), 3600),
        (.sample(.credentials, errcode: 89506, .holdAccount), 86400),
    ])
    func leavesTimeToRepairWhatAnotherTryCannotCure(failure: APIFailure, floor: Int) {
        #expect(TokenBackoff.delay(after: failure, failures: 1, fraction: 0) == .seconds(floor))
    }

    @Test func waitsAsLongAsTheServerWishes() {
        let failure = APIFailure.sample(retryAfter: .seconds(100))
        #expect(TokenBackoff.delay(after: failure, failures: 1, fraction: 1) == .seconds(100))
        #expect(TokenBackoff.delay(after: .sample(retryAfter: .seconds(1)), failures: 5, fraction: 1) == .seconds(16))
    }
}
