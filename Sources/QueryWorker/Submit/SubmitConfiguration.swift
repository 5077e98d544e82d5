internal import EventLoop

/// What of the worker's configuration a publisher of jobs needs: no account, no API.
package struct SubmitConfiguration: Sendable {
    package let kafka: KafkaConfiguration
    package let jobsTopic: String
    package let repliesTopic: String
    /// The workers' own limit of a job that names no deadline.
    package let jobTimeout: Duration
}

extension SubmitConfiguration {
    /// Reads its keys. What is wrong becomes a problem of `values`.
    init(from values: inout ConfigurationValues) {
        typealias Keys = ConfigurationKeys
        kafka = KafkaConfiguration(from: &values, maxMemory: values.value(of: Keys.maxMemory))
        jobsTopic = values.value(of: Keys.jobsTopic)
        repliesTopic = values.value(of: Keys.repliesTopic)
        jobTimeout = values.value(of: Keys.jobTimeout)
        if repliesTopic == jobsTopic {
            values.problem(
                Keys.repliesTopic.name,
                "should differ from jobs.topic, but both are \"\(jobsTopic)\": no worker runs with that")
        }
    }

    /// For the producer of jobs. What is on its way is bounded, and a delivery is given up before its job is.
    /// - Parameter topicLimit: the largest record of the job topic, in bytes; nil if it is not known.
    func producerProperties(jobTimeLimit: Duration, topicLimit: Int?) throws(FileError) -> [String: String] {
        let limits = [
            "queue.buffering.max.kbytes": "32768",
            "message.timeout.ms": String(max(jobTimeLimit - .seconds(1), .seconds(1)).wholeMilliseconds),
        ]
        var properties = limits.merging(try kafka.producerProperties(limits: [topicLimit].compactMap { $0 })) {
            _, own in own
        }
        if properties["delivery.timeout.ms"] != nil { properties["message.timeout.ms"] = nil }
        return properties
    }

    /// For the reader of replies, and for questions to the brokers.
    func readerProperties() throws(FileError) -> [String: String] {
        // What goes wrong is told in words of our own.
        let fixed = ["isolation.level": "read_committed", "log_level": "0"]
        return try kafka.commonProperties().merging(fixed) { _, fixed in fixed }
    }
}
