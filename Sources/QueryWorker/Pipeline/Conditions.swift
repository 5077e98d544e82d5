internal import EventLoop

/// Tasks on the loop that wait for something to become true. Whoever changes state calls `recheck`.
@EventLoopActor
final class Conditions {
    private var waiting: [(condition: @EventLoopActor () -> Bool, waiter: Waiter<Void>)] = []

    func wait(until condition: @escaping @EventLoopActor () -> Bool) async {
        if condition() { return }
        let waiter = Waiter<Void>()
        waiting.append((condition, waiter))
        // Under no interruption: it always ends by the condition.
        try? await waiter.value(.waits, under: nil)
    }

    func recheck() {
        guard !waiting.isEmpty else { return }
        waiting.removeAll { entry in
            guard entry.condition() else { return false }
            entry.waiter.resume(returning: ())
            return true
        }
    }
}
