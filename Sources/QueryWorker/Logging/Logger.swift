package import EventLoop

/// Writes one line per event: a message that never varies, to search and count by, and metadata that does.
///
///     logger.info("assigned", ["partitions": 3, "topic": .string(topic)])
///
/// A value of its own on any thread; copies share level, format and sink. Metadata is not evaluated when its level is
/// off.
package struct Logger: Sendable {
    private let output: LogOutput
    private let metadata: LogMetadata

    package init(
        level: LogLevel, format: LogFormat, sink: any LogSink = StandardErrorSink(),
        now: @escaping @Sendable () -> WallTime = { .current }
    ) {
        output = LogOutput(level: level, format: format, sink: sink, now: now)
        metadata = [:]
    }

    private init(output: LogOutput, metadata: LogMetadata) {
        self.output = output
        self.metadata = metadata
    }

    /// The least level that is written, by this logger and by all that share its output.
    package var level: LogLevel {
        get { output.level }
        nonmutating set { output.level = newValue }
    }

    /// A logger that puts `metadata` on each of its lines, before the line's own: a job's id, for example.
    package func with(_ metadata: LogMetadata) -> Logger {
        Logger(output: output, metadata: self.metadata.appending(contentsOf: metadata))
    }

    package func log(
        _ level: LogLevel, _ message: StaticString, _ metadata: @autoclosure () -> LogMetadata = [:]
    ) {
        guard output.writes(level) else { return }
        output.write(level, message, self.metadata, metadata())
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
