/// Tasks of the loop that are kept, and used again: to make one and the memory for its frames, for each of many short
/// operations, costs several times what it costs to wake one.
///
/// There are as many as there were ever operations at once. `close()` ends those that are idle, the others when they are.
@EventLoopActor
package final class TaskPool {
    package typealias Operation = @EventLoopActor () async -> Void

    private final class Member: SuspendedTask {
        var operation: Operation?
    }

    private var idle: [Member] = []
    private var isClosed = false

    package nonisolated init() {}

    /// Runs `operation` in a later turn of its own, as `EventLoopActor.startTask` does.
    package func start(_ operation: @escaping Operation) {
        if let member = idle.popLast() {
            member.operation = operation
            member.goOn()
        } else {
            let member = Member()
            member.operation = operation
            EventLoopActor.startTask { [self] in await work(as: member) }
        }
    }

    package func close() {
        isClosed = true
        for member in idle { member.goOn() }
        idle = []
    }

    private func work(as member: Member) async {
        while let operation = member.operation {
            member.operation = nil
            await operation()
            // An idle task holds nothing of what it ran.
            _ = consume operation
            guard !isClosed else { return }
            idle.append(member)
            await member.suspend()
        }
    }
}
