import EventLoop
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) @EventLoopActor struct SignalsTests {
    private final class Log {
        var numbers: [Int32] = []
    }

    /// The signals are sent to the loop's thread only: others of this process do not block them, and would end it.
    @Test func blockedSignalsArriveOnTheLoopThoseBeforeTheWatchIncluded() async {
        let log = Log()
        let heard = Waiter()
        Signals.block([SIGUSR1, SIGUSR2])
        pthread_kill(pthread_self(), SIGUSR1)
        Signals.watch([SIGUSR1, SIGUSR2]) { signal in
            #expect(EventLoop.shared.isCurrent)
            log.numbers.append(signal)
            if log.numbers.count == 1 { pthread_kill(pthread_self(), SIGUSR2) } else { heard.resume() }
        }
        try? await heard.wait(.waits, under: nil)
        #expect(log.numbers == [SIGUSR1, SIGUSR2])
    }
}
