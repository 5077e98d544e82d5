import Testing

@testable import WeChat

@Suite struct RetryPolicyTests {
    private let policy = RetryPolicy(attempts: 5, backoff: .milliseconds(100), backoffMax: .milliseconds(500))

    @Test(arguments: [(1, 100), (2, 200), (3, 400), (4, 500)])
    func drawsTheDelayBetweenNothingAndACeilingThatDoubles(attempt: Int, ceiling: Int) {
        #expect(policy.delay(after: .sample(), attempt: attempt, fraction: 0) == .zero)
        #expect(policy.delay(after: .sample(), attempt: attempt, fraction: 0.5) == .milliseconds(ceiling) / 2)
        #expect(policy.delay(after: .sample(), attempt: attempt, fraction: 1) == .milliseconds(ceiling))
    }

    @Test func stopsAfterTheLastAttempt() {
        #expect(policy.delay(after: .sample(), attempt: 5, fraction: 1) == nil)
        #expect(RetryPolicy(attempts: 1).delay(after: .sample(), attempt: 1, fraction: 1) == nil)
    }

    @Test func staysWithinTheCeilingHoweverManyAttemptsThereAre() {
        let patient = RetryPolicy(attempts: .max, backoff: .seconds(1), backoffMax: .seconds(30))
        for attempt in [6, 64, 1000, Int.max - 1] {
            #expect(patient.delay(after: .sample(), attempt: attempt, fraction: 1) == .seconds(30))
        }
    }

    @Test(arguments: [APIFailure.Disposition.giveUp, .holdAccount, .refreshToken])
    func retriesNothingThatAnotherTryCannotCure(disposition: APIFailure.Disposition) {
        #expect(policy.delay(after: .sample(.apiError, disposition), attempt: 1, fraction: 1) == nil)
    }

    @Test func waitsAtLeastAsLongAsTheServerWishes() {
        #expect(policy.delay(after: .sample(retryAfter: .seconds(7)), attempt: 1, fraction: 0.5) == .seconds(7))
        let soon = APIFailure.sample(retryAfter: .milliseconds(1))
        #expect(policy.delay(after: soon, attempt: 1, fraction: 1) == .milliseconds(100))
    }
}
