/// All that `query-worker replay` needs to know, checked.
package struct ReplayConfiguration: Sendable {
    package let kafka: KafkaConfiguration
    package let jobsTopic: String
    /// nil: dead letters are turned off.
    package let deadLetterTopic: String?

    /// Names the group that remembers what was replayed, and the transactional id.
    package var memoryGroup: String { kafka.groupID + "-replay" }

    init(from values: inout ConfigurationValues) {
        let maxMemory = values.value(of: ConfigurationKeys.maxMemory)
        kafka = KafkaConfiguration(from: &values, maxMemory: maxMemory)
        jobsTopic = values.value(of: ConfigurationKeys.jobsTopic)
        deadLetterTopic = WorkerConfiguration.deadLetterTopic(from: &values, jobsTopic: jobsTopic)
    }
}
