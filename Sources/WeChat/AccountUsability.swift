internal import EventLoop

/// Tells those who wait for any account that one has become usable.
@EventLoopActor
final class AccountUsability {
    private var waiters: [Waiter] = []

    func announce() {
        let waiters = waiters
        self.waiters = []
        for waiter in waiters { waiter.resume() }
    }

    func wait(under interruption: Interruption) async throws(Interrupted) {
        let waiter = Waiter()
        waiters.append(waiter)
        try await waiter.wait(.waits, under: interruption)
    }
}
