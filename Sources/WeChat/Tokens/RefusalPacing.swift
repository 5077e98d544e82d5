internal import EventLoop

/// How often a refused token may be the reason to ask for another one.
///
/// The first refusal may, at once. WeChat is known to refuse a good token for minutes, and another program may spoil
/// ours again and again; then each fetch doubles the pause before the next, or thousands of refused jobs would use up
/// the day's token calls.
struct RefusalPacing: Equatable, Sendable {
    static let longestPause = Duration.seconds(60)
    /// Without a refusal for so long, the next one counts as the first again.
    static let calm = Duration.seconds(300)

    private var last: MonotonicTime?
    private var pause = Duration.zero

    /// Asked once per refusal of the current token; true means that a fetch follows.
    mutating func mayFetch(at now: MonotonicTime) -> Bool {
        if let last {
            if now - last < pause { return false }
            if now - last >= Self.calm { pause = .zero }
        }
        pause = pause == .zero ? .seconds(1) : min(pause * 2, Self.longestPause)
        last = now
        return true
    }
}
