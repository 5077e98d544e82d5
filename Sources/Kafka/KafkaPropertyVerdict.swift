internal import CRdKafka

/// What librdkafka says to a property, without a client: for a configuration that is checked before anything starts.
package enum KafkaPropertyVerdict: Sendable, Equatable {
    case accepted
    /// This version of librdkafka has no such property.
    case unknown
    /// Says what would be accepted, and may repeat the value.
    case refused(reason: String)

    package init(name: String, value: String) {
        let conf = rd_kafka_conf_new()
        defer { rd_kafka_conf_destroy(conf) }
        let text = CText(size: 512)
        switch rd_kafka_conf_set(conf, name, value, text.start, text.size) {
        case RD_KAFKA_CONF_OK: self = .accepted
        case RD_KAFKA_CONF_UNKNOWN: self = .unknown
        default: self = .refused(reason: text.string)
        }
    }
}
