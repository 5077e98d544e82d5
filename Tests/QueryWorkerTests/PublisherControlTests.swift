import EventLoop
import Kafka
import Testing

@testable import QueryWorker

@Suite struct PublisherControlTests {
    private let control = PublisherControl()

    @Test func nothingHangsWhileNoCallIsMade() {
        #expect(!control.isHanging(at: MonotonicTime(nanoseconds: .max)))
    }

    @Test func callHangsHalfAMinuteAfterItsOwnLimit() throws {
        let result = try control.watching(.seconds(5)) { timeout in
            #expect(timeout == .seconds(5))
            // The call's deadline was taken before this line, at most as long ago as the test runs.
            #expect(!control.isHanging(at: .current + .seconds(5)))
            #expect(control.isHanging(at: .current + .seconds(35) + .milliseconds(1)))
            return 7
        }
        #expect(result == 7)
        #expect(!control.isHanging(at: MonotonicTime(nanoseconds: .max)))
    }

    @Test func callThatFailedHangsNoMore() {
        let error = KafkaError(code: .timedOut, reason: "x")
        #expect(throws: error) {
            try control.watching(.zero) { _ throws(KafkaError) -> Int in throw error }
        }
        #expect(!control.isHanging(at: MonotonicTime(nanoseconds: .max)))
    }

    @Test func abandoningIsSeenUntilItIsTakenBack() {
        #expect(!control.isAbandoned)
        control.isAbandoned = true
        #expect(control.isAbandoned)
        control.isAbandoned = false
        #expect(!control.isAbandoned)
    }
}
