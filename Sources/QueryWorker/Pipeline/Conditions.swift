internal import EventLoop

/// Tasks on the loop that wait for something to become true. Whoever changes state calls `recheck`.
@EventLoopActor
final class Conditions {
    private var waiting: [(condition: @EventLoopActor () -> Bool, waiter: Waiter)] = []

    func wait(until condition: @escaping @EventLoopActor () -> Bool) async {
        if condition() { return }
        let waiter = Waiter()
        waiting.append((condition, waiter))
        // Under no interruption: it always ends by the condition.
        try? await waiter.wait(.waits, under: nil)
    }

    func recheck() {
        guard !waiting.isEmpty else { return }
        waiting.removeAll { entry in
            guard entry.condition() else { return false }
            entry.waiter.resume()
            return true
        }
    }
}
