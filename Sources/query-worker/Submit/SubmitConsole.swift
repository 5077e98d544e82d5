internal import QueryWorker

/// Replies on standard output, all else on standard error: there a line of progress too, if it is a terminal.
final class SubmitConsole: SubmitOutput {
    private var line = ProgressLine()

    func reply(_ value: [UInt8]) -> Int32? {
        line.hide()
        return Console.printLine(bytes: value)
    }

    func notice(_ text: String) {
        line.hide()
        Console.printError("query-worker submit: \(text)")
    }

    func progress(_ progress: SubmitProgress) { line.show(progress.text) }
}
