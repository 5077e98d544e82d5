import EventLoop
import Testing

@testable import WeChat

@Suite struct RetryBudgetTests {
    @Test func allowsTenASecondWithoutAnyCalls() {
        var budget = RetryBudget(percent: 0)
        #expect(take(&budget, at: .at(1)) == 10)
        #expect(take(&budget, at: .at(1.5)) == 5)
        #expect(take(&budget, at: .at(2.5)) == 10)
    }

    @Test(arguments: [(25, 100, 35), (0, 100, 10), (100, 100, 110), (50, 1, 10)])
    func allowsAShareOfTheFirstCalls(percent: Int, calls: Int, retries: Int) {
        var budget = RetryBudget(percent: percent)
        for _ in 0..<calls { budget.firstCallMade() }
        #expect(take(&budget, at: .at(1)) == retries)
        #expect(take(&budget, at: .at(1)) == 0)
    }

    @Test func savesUpSoMuchAndNoMore() {
        var budget = RetryBudget(percent: 20)
        for _ in 0..<1_000_000 { budget.firstCallMade() }
        #expect(take(&budget, at: .at(1)) == 500)
        #expect(take(&budget, at: .at(100_000)) == 500)
    }

    private func take(_ budget: inout RetryBudget, at now: MonotonicTime) -> Int {
        var count = 0
        while budget.mayRetry(at: now) { count += 1 }
        return count
    }
}
