/// What `query-worker bench` prints: results on standard output, for people or for programs; the rest on standard error.
final class BenchOutput {
    let isJSON: Bool
    private var progress = ProgressLine()

    init(isJSON: Bool) { self.isJSON = isJSON }

    func note(_ text: String) {
        progress.hide()
        Console.printError("query-worker bench: \(text)")
    }

    /// For people; where programs read standard output, on standard error.
    func say(_ text: String) {
        progress.hide()
        if isJSON { Console.printError(text) } else { Console.printLine(text) }
    }

    func show(_ text: @autoclosure () -> String) { progress.show(text()) }

    func hide() { progress.hide() }
}
