internal import EventLoop
internal import Glibc
internal import JSON
internal import Kafka
internal import QueryWorker

/// What `query-worker replay` prints: results on standard output; warnings, and progress where that is a terminal, on
/// standard error.
struct ReplayOutput {
    private let request: ReplayRequest
    private var progress: ProgressLine
    /// Why standard output takes no more.
    private(set) var error: Int32?

    init(_ request: ReplayRequest) {
        self.request = request
        // A list on the same terminal shows enough.
        progress = ProgressLine(isWanted: !(request.options.isDryRun && isatty(STDOUT_FILENO) == 1))
    }

    mutating func show(_ event: ReplayEvent) {
        switch event {
        case .found(let letter): printLine(request.isJSON ? json(letter) : text(letter))
        case .cut(let letter):
            endProgress()
            Console.printError("query-worker replay: left alone, since its value was cut: \(text(letter))")
        case .tooLarge(let letter):
            endProgress()
            Console.printError("query-worker replay: left alone, too large for \(letter.source.topic): \(text(letter))")
        case .warning(let text):
            endProgress()
            Console.printError("query-worker replay: warning: \(text)")
        case .progress(let counts):
            let text = text(counts)
            progress.show(text)
        }
    }

    mutating func showSummary(_ counts: ReplayCounts) {
        endProgress()
        printLine(request.isJSON ? json(counts) : text(counts))
    }

    private mutating func printLine(_ line: String) {
        if error == nil { error = Console.printLine(bytes: Array(line.utf8)) }
    }

    mutating func endProgress() { progress.hide() }

    // MARK: Text

    private func text(_ counts: ReplayCounts) -> String {
        "\(counts.read) read, \(counts.matched) matched, \(counts.replayed) "
            + "\(request.options.isDryRun ? "would be replayed" : "replayed"), \(counts.alreadyReplayed) already replayed, "
            + "\(counts.cut) cut, \(counts.tooLarge) too large, \(counts.foreign) foreign"
    }

    private func text(_ letter: StoredDeadLetter) -> String {
        let key = letter.key.map { "key \(printable(String(decoding: $0, as: UTF8.self)))" } ?? "no key"
        return "\(letter.topicPartition)/\(letter.offset) from \(letter.source) "
            + "\(letter.time?.rfc3339 ?? "at no known time") \(key): \(printable(letter.reason))"
    }

    /// What came from outside must not steer the terminal.
    private func printable(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }
        return String(String.UnicodeScalarView(scalars))
    }

    // MARK: JSON

    private func json(_ letter: StoredDeadLetter) -> String {
        line { writer in
            writer.key("dead_letter")
            place(letter.topicPartition.topic, letter.topicPartition.partition, letter.offset, &writer)
            writer.key("original")
            place(letter.source.topic, letter.source.partition, letter.source.offset, &writer)
            writer.key("time")
            if let time = letter.time { writer.string(time.rfc3339) } else { writer.null() }
            writer.key("error")
            writer.string(letter.reason)
            writer.key("key")
            if let key = letter.key { writer.string(String(decoding: key, as: UTF8.self)) } else { writer.null() }
        }
    }

    private func place(_ topic: String, _ partition: Int32, _ offset: Int64, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("topic")
        writer.string(topic)
        writer.key("partition")
        writer.integer(partition)
        writer.key("offset")
        writer.integer(offset)
        writer.endObject()
    }

    private func json(_ counts: ReplayCounts) -> String {
        line { writer in
            writer.key("dry_run")
            writer.bool(request.options.isDryRun)
            let numbers: [(StaticString, Int)] = [
                ("read", counts.read), ("matched", counts.matched), ("replayed", counts.replayed),
                ("already_replayed", counts.alreadyReplayed), ("cut", counts.cut), ("too_large", counts.tooLarge),
                ("foreign", counts.foreign),
            ]
            for (name, number) in numbers {
                writer.key(name)
                writer.integer(number)
            }
        }
    }

    private func line(_ members: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        members(&writer)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
