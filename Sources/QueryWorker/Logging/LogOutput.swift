internal import EventLoop
internal import Synchronization

/// What all loggers of a process share: the level, which may change at run time, the format and the sink.
final class LogOutput: Sendable {
    private let leastLevel: Atomic<UInt8>
    private let format: LogFormat
    private let sink: any LogSink
    private let now: @Sendable () -> WallTime

    init(level: LogLevel, format: LogFormat, sink: any LogSink, now: @escaping @Sendable () -> WallTime) {
        leastLevel = Atomic(level.rawValue)
        self.format = format
        self.sink = sink
        self.now = now
    }

    var level: LogLevel {
        get { LogLevel(rawValue: leastLevel.load(ordering: .relaxed)) ?? .trace }
        set { leastLevel.store(newValue.rawValue, ordering: .relaxed) }
    }

    func writes(_ level: LogLevel) -> Bool { level.rawValue >= leastLevel.load(ordering: .relaxed) }

    func write(_ level: LogLevel, _ message: StaticString, _ metadata: LogMetadata, _ more: LogMetadata) {
        var line = LogLine(format: format, time: now(), level: level, message: message)
        line.append(metadata)
        line.append(more)
        sink.write(line.finished())
    }
}
