internal import EventLoop

/// At most so many at a time; who comes first goes first.
@EventLoopActor
final class CallLimit {
    private final class Entry {
        let waiter = Waiter()
        var hasPlace = false
    }

    private var free: Int
    /// While true no place is given away; who has one keeps it.
    var isHeld = false {
        didSet { while !isHeld, free > 0, head < queue.count { giveNext() } }
    }
    private var queue: [Entry] = []
    /// The queue's first entry that still waits; what lies before it is dropped in bulk.
    private var head = 0

    nonisolated init(_ places: Int) { free = places }

    /// Every return is followed by one `release()`.
    func acquire(under interruption: Interruption) async throws(Interrupted) {
        if free > 0, !isHeld {
            free -= 1
            return
        }
        let entry = Entry()
        queue.append(entry)
        do { try await entry.waiter.wait(.waits, under: interruption) } catch {
            // Interrupted, then given a place in the same turn: it goes to the next one.
            if entry.hasPlace { release() } else { queue.removeAll { $0 === entry } }
            throw error
        }
    }

    func release() {
        free += 1
        if !isHeld, head < queue.count { giveNext() }
    }

    private func giveNext() {
        free -= 1
        let entry = queue[head]
        head += 1
        if head == queue.count || head >= 256 {
            queue.removeFirst(head)
            head = 0
        }
        entry.hasPlace = true
        entry.waiter.resume()
    }
}
