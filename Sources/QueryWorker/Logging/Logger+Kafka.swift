package import Kafka

extension Logger {
    /// Passes a line of librdkafka's own log on, at the level that its severity (syslog's) stands for. What it repeats, it
    /// repeats within a facility: `FAIL`, `SESSTMOUT`.
    package func log(_ line: KafkaLogLine) {
        let level: LogLevel =
            switch line.severity {
            case ...3: .error
            case 4: .warning
            case 5, 6: .info
            default: .debug
            }
        log(level, "librdkafka", kind: line.facility, ["facility": "\(line.facility)", "text": "\(line.text)"])
    }
}
