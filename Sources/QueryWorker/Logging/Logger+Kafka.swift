package import Kafka

extension Logger {
    /// Passes a line of librdkafka's own log on, at the level that its severity (syslog's) stands for.
    package func log(_ line: KafkaLogLine) {
        let level: LogLevel =
            switch line.severity {
            case ...3: .error
            case 4: .warning
            case 5, 6: .info
            default: .debug
            }
        log(level, "librdkafka", ["facility": "\(line.facility)", "text": "\(line.text)"])
    }
}
