package import EventLoop

/// Writes one line per event: a message that never varies, to search and count by, and metadata that does.
///
///     logger.info("assigned", ["partitions": 3, "topic": .string(topic)])
///
/// A value of its own on any thread; copies share level, format and sink. Metadata is not evaluated when its level is
/// off.
///
/// A message that comes more than ten times in ten seconds is left out from then on, and counted (`LogRepetition`). Not so
/// lines with a `job_id`, since a job is found by its id, nor those below `info`, which somebody wanted to see.
package struct Logger: Sendable {
    private let output: LogOutput
    private let metadata: LogMetadata
    private let isComplete: Bool

    package init(
        level: LogLevel, format: LogFormat, sink: any LogSink = LogThread.standardError,
        now: @escaping @Sendable () -> WallTime = { .current },
        uptime: @escaping @Sendable () -> MonotonicTime = { .current }
    ) {
        output = LogOutput(level: level, format: format, sink: sink, now: now, uptime: uptime)
        metadata = [:]
        isComplete = false
    }

    private init(output: LogOutput, metadata: LogMetadata, isComplete: Bool) {
        self.output = output
        self.metadata = metadata
        self.isComplete = isComplete
    }

    /// The least level that is written, by this logger and by all that share its output.
    package var level: LogLevel {
        get { output.level }
        nonmutating set { output.level = newValue }
    }

    /// Lines that were left out since the start. On any thread.
    package var suppressedCount: Int { output.suppressedCount }

    /// Lines that were dropped since the start, because nobody took them. On any thread.
    package var droppedCount: Int { output.droppedCount }

    /// Writes how many lines were left out in times that are over, and how many were dropped. To be called now and then,
    /// since the next line of the kind may never come.
    package func flushSuppressed() { output.flushSuppressed() }

    /// The same at the end of the process: the times that are not over, too.
    package func flushAllSuppressed() { output.flushSuppressed(at: MonotonicTime(nanoseconds: .max)) }

    /// A logger that puts `metadata` on each of its lines, before the line's own: a job's id, for example.
    package func with(_ metadata: LogMetadata) -> Logger {
        Logger(output: output, metadata: self.metadata.appending(contentsOf: metadata), isComplete: isComplete)
    }

    /// A logger that leaves no line out: for a list, each line of which counts.
    package var complete: Logger { Logger(output: output, metadata: metadata, isComplete: true) }

    /// - Parameter kind: tells apart what has the same message, but is not the same; one of few.
    package func log(
        _ level: LogLevel, _ message: StaticString, kind: String = "", _ metadata: @autoclosure () -> LogMetadata = [:]
    ) {
        guard output.writes(level) else { return }
        let metadata = metadata()
        let mayBeLeftOut = level >= .info && !isComplete && !metadata.namesJob && !self.metadata.namesJob
        guard !mayBeLeftOut || output.admits(level, kind.isEmpty ? "\(message)" : "\(message) \(kind)") else { return }
        output.write(level, message, self.metadata, metadata)
    }

    package func trace(_ message: StaticString, _ metadata: @autoclosure () -> LogMetadata = [:]) {
        log(.trace, message, metadata())
    }

    package func debug(_ message: StaticString, _ metadata: @autoclosure () -> LogMetadata = [:]) {
        log(.debug, message, metadata())
    }

    package func info(_ message: StaticString, _ metadata: @autoclosure () -> LogMetadata = [:]) {
        log(.info, message, metadata())
    }

    package func warning(_ message: StaticString, _ metadata: @autoclosure () -> LogMetadata = [:]) {
        log(.warning, message, metadata())
    }

    package func error(_ message: StaticString, _ metadata: @autoclosure () -> LogMetadata = [:]) {
        log(.error, message, metadata())
    }
}
