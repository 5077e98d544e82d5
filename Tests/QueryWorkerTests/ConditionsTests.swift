import EventLoop
import TestSupport
import Testing

@testable import QueryWorker

@Suite @EventLoopActor struct ConditionsTests {
    private final class State {
        var value = 0
        var log: [String] = []
    }

    private let conditions = Conditions()
    private let state = State()

    private func waitInBackground(_ name: String, for value: Int) {
        EventLoopActor.startTask { [conditions, state] in
            await conditions.wait { state.value >= value }
            state.log.append(name)
        }
    }

    @Test func conditionThatHoldsIsNotWaitedFor() async {
        await conditions.wait { true }
    }

    @Test func onlyWhatHoldsIsWokenByARecheck() async {
        waitInBackground("two", for: 2)
        waitInBackground("one", for: 1)
        waitInBackground("one again", for: 1)
        await runUntilIdle()
        #expect(state.log == [])
        state.value = 1
        await runUntilIdle()
        #expect(state.log == [])
        conditions.recheck()
        await runUntilIdle()
        #expect(state.log == ["one", "one again"])
        state.value = 2
        conditions.recheck()
        conditions.recheck()
        await runUntilIdle()
        #expect(state.log == ["one", "one again", "two"])
    }

    @Test func waiterOnceWokenGoesOnEvenIfItsConditionHoldsNoLonger() async {
        waitInBackground("one", for: 1)
        await runUntilIdle()
        state.value = 1
        conditions.recheck()
        state.value = 0
        await runUntilIdle()
        #expect(state.log == ["one"])
    }
}
