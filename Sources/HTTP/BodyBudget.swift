internal import EventLoop

/// What the response bodies that arrive at one time may hold together: a server that sends much to every request cannot
/// fill the memory, while a single large response is fine.
@EventLoopActor
final class BodyBudget {
    private var free: Int

    nonisolated init(bytes: Int) { free = bytes }

    /// - Returns: false if there is no room for so many more; then nothing is taken.
    func take(_ count: Int) -> Bool {
        guard count <= free else { return false }
        free -= count
        return true
    }

    func giveBack(_ count: Int) { free += count }
}
