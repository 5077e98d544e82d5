internal import Glibc

/// A line of a terminal on standard error that is shown anew and anew, five times a second at most.
struct ProgressLine {
    private let isWanted: Bool
    private var isShown = false
    private var last: ContinuousClock.Instant?

    /// - Parameter isWanted: false for none, also on a terminal.
    init(isWanted: Bool = true) { self.isWanted = isWanted && isatty(STDERR_FILENO) == 1 }

    mutating func show(_ text: @autoclosure () -> String) {
        let now = ContinuousClock.now
        guard isWanted, last.map({ now - $0 >= .milliseconds(200) }) ?? true else { return }
        last = now
        isShown = true
        Console.printProgress(text())
    }

    /// Makes room for something else.
    mutating func hide() {
        if isShown { Console.printProgress("") }
        isShown = false
    }
}
