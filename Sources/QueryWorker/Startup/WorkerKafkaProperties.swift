internal import EventLoop

/// What a worker gives librdkafka, for each of its clients. Secrets among it come from files, so that it is made off the
/// event loop: a mount can hang.
package struct WorkerKafkaProperties: Sendable {
    let consumer: [String: String]
    /// Without its `transactional.id`.
    let producer: [String: String]
    /// For clients that neither consume nor produce.
    let common: [String: String]

    /// - Parameter topicLimits: the largest record of each topic, in bytes, where it is known (`max.message.bytes`).
    /// - Throws: if the file of a secret can't be read.
    package init(_ configuration: WorkerConfiguration, topicLimits: [String: Int] = [:]) throws(FileError) {
        var consumer = try configuration.kafka.consumerProperties()
        // They tell whether a broker was heard.
        let interval = min(.seconds(5), configuration.readinessTimeout / 3)
        consumer["statistics.interval.ms"] = String(interval.wholeMilliseconds)
        self.consumer = consumer
        producer = try configuration.kafka.producerProperties(limits: topicLimits.values)
        common = try configuration.kafka.commonProperties()
    }
}
