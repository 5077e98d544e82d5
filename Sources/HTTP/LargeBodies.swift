internal import EventLoop

/// How many response bodies may be large at one time: whatever a server sends to all requests at once, it cannot fill the
/// memory. A transfer that grows large without a place is paused until another one has ended.
@EventLoopActor
final class LargeBodies {
    /// A body up to this size needs no place.
    static let threshold = 64 << 10

    private var free: Int
    private var waiting: [CurlEasy] = []
    /// While true no place is given away.
    var isHeld = false {
        didSet { giveFreePlaces() }
    }

    nonisolated init(places: Int) { free = places }

    /// - Returns: whether there is a place; if not, `easy` is told to go on when there is one.
    func enter(_ easy: CurlEasy) -> Bool {
        guard free > 0, !isHeld else {
            waiting.append(easy)
            return false
        }
        free -= 1
        return true
    }

    /// Ends what `enter` began, with a place or without. Not within a callback of libcurl.
    func leave(_ easy: CurlEasy, hasPlace: Bool) {
        guard hasPlace else { return waiting.removeAll { $0 === easy } }
        free += 1
        giveFreePlaces()
    }

    private func giveFreePlaces() {
        while free > 0, !isHeld, !waiting.isEmpty {
            free -= 1
            waiting.removeFirst().goOn()
        }
    }
}
