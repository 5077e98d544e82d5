internal import EventLoop
internal import Synchronization

/// What all loggers of a process share: the level, which may change at run time, the format, the sink, and the count of
/// repeated lines.
final class LogOutput: Sendable {
    private let leastLevel: Atomic<UInt8>
    private let format: LogFormat
    private let sink: any LogSink
    private let now: @Sendable () -> WallTime
    private let uptime: @Sendable () -> MonotonicTime
    private let repetition = Mutex(LogRepetition())
    private let suppressed = Atomic(0)
    private let droppedTold = Atomic(0)

    init(
        level: LogLevel, format: LogFormat, sink: any LogSink, now: @escaping @Sendable () -> WallTime,
        uptime: @escaping @Sendable () -> MonotonicTime
    ) {
        leastLevel = Atomic(level.rawValue)
        self.format = format
        self.sink = sink
        self.now = now
        self.uptime = uptime
    }

    var level: LogLevel {
        get { LogLevel(rawValue: leastLevel.load(ordering: .relaxed)) ?? .trace }
        set { leastLevel.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Lines that were left out since the start.
    var suppressedCount: Int { suppressed.load(ordering: .relaxed) }

    var droppedCount: Int { sink.droppedCount }

    func writes(_ level: LogLevel) -> Bool { level.rawValue >= leastLevel.load(ordering: .relaxed) }

    func write(_ level: LogLevel, _ message: StaticString, _ metadata: LogMetadata, _ more: LogMetadata) {
        var line = LogLine(format: format, time: now(), level: level, message: message)
        line.append(metadata)
        line.append(more)
        sink.write(line.finished())
    }

    /// Whether a line that may be left out is to be written. Tells what was left out of its kind before.
    func admits(_ level: LogLevel, _ message: String) -> Bool {
        let (isWritten, before) = repetition.withLock { $0.lineComes(message, level, at: uptime()) }
        if let before { tell(before) }
        if !isWritten { suppressed.add(1, ordering: .relaxed) }
        return isWritten
    }

    func flushSuppressed(at time: MonotonicTime? = nil) {
        let leftOut = repetition.withLock { $0.takeLeftOut(at: time ?? uptime()) }
        for one in leftOut { tell(one) }
        let dropped = sink.droppedCount
        let told = droppedTold.exchange(dropped, ordering: .relaxed)
        if dropped > told, writes(.warning) {
            write(.warning, "log lines dropped, because nobody took them", ["dropped_total": .integer(dropped)], [:])
        }
    }

    private func tell(_ leftOut: LogRepetition.LeftOut) {
        guard writes(leftOut.level) else { return }
        write(
            leftOut.level, "repeated lines left out",
            ["suppressed": .integer(leftOut.count), "suppressed_message": "\(leftOut.message)"], [:])
    }
}
