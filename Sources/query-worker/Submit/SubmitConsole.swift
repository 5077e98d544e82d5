internal import Glibc
internal import QueryWorker

/// Replies on standard output, all else on standard error: there a line of progress too, if it is a terminal.
final class SubmitConsole: SubmitOutput {
    private let isTerminal = isatty(STDERR_FILENO) != 0
    private var isProgressShown = false
    private var lastProgress: ContinuousClock.Instant?

    func reply(_ value: [UInt8]) -> Bool {
        hideProgress()
        return Console.printLine(bytes: value)
    }

    func notice(_ text: String) {
        hideProgress()
        Console.printError("query-worker submit: \(text)")
    }

    func progress(_ progress: SubmitProgress) {
        let now = ContinuousClock.now
        guard isTerminal, lastProgress.map({ now - $0 >= .milliseconds(200) }) ?? true else { return }
        lastProgress = now
        hideProgress()
        isProgressShown = true
        let text = Array(progress.text.utf8)
        _ = text.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// Back to the line's beginning, and all of it erased.
    private func hideProgress() {
        guard isProgressShown else { return }
        isProgressShown = false
        let erase: [UInt8] = [0x0D, 0x1B, UInt8(ascii: "["), UInt8(ascii: "K")]
        _ = erase.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
