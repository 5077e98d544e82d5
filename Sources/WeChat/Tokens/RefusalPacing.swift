internal import EventLoop

/// How often a refused token may be the reason to ask for another one.
///
/// The first refusal of a token may, at once. But WeChat is known to refuse a good token for minutes, and to hand it out
/// again when asked for another; then each fetch doubles the pause before the next, or thousands of refused jobs would
/// use up the day's token calls.
struct RefusalPacing: Equatable, Sendable {
    static let longestPause = Duration.seconds(60)
    /// Without a refusal for so long, the next one counts as the first again.
    static let calm = Duration.seconds(300)

    /// Where every fetch issues another token, the next one's refusal is the same trouble: the first refusal of a token
    /// is then no reason to ask at once.
    private let issuesAnother: Bool
    private var token: AccessToken?
    private var last = MonotonicTime(nanoseconds: 0)
    private var pause = Duration.zero

    init(issuesAnother: Bool = false) { self.issuesAnother = issuesAnother }

    /// Asked once per refusal of the current token; true means that a fetch follows.
    mutating func mayFetch(insteadOf token: AccessToken, at now: MonotonicTime) -> Bool {
        if (token != self.token && !issuesAnother) || now - last >= Self.calm { pause = .zero }
        guard pause == .zero || now - last >= pause else { return false }
        self.token = token
        last = now
        pause = pause == .zero ? .seconds(1) : min(pause * 2, Self.longestPause)
        return true
    }
}
