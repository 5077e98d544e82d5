/// A line of librdkafka's own log.
package struct KafkaLogLine: Sendable {
    /// As syslog counts: 0 emergency, 3 error, 4 warning, 6 info, 7 debug.
    package let severity: Int
    package let facility: String
    package let text: String
}
