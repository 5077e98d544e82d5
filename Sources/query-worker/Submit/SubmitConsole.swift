internal import Glibc
internal import QueryWorker

/// Replies on standard output, all else on standard error: there a line of progress too, if it is a terminal.
final class SubmitConsole: SubmitOutput {
    private let isTerminal = isatty(STDERR_FILENO) != 0
    private var isProgressShown = false
    private var lastProgress: ContinuousClock.Instant?

    func reply(_ value: [UInt8]) -> Int32? {
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
        isProgressShown = true
        Console.printProgress(progress.text)
    }

    private func hideProgress() {
        guard isProgressShown else { return }
        isProgressShown = false
        Console.printProgress("")
    }
}
