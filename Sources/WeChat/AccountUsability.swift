internal import EventLoop

/// Tells those who wait for any account that one has become usable.
@EventLoopActor
final class AccountUsability {
    private var waiters: [Waiter<Void>] = []

    func announce() {
        let waiters = waiters
        self.waiters = []
        for waiter in waiters { waiter.resume(returning: ()) }
    }

    func wait(under interruption: Interruption) async throws(Interrupted) {
        let waiter = Waiter<Void>()
        waiters.append(waiter)
        try await waiter.value(.waits, under: interruption)
    }
}
