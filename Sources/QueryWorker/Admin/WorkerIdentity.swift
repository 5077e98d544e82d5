internal import EventLoop
internal import HTTP
internal import Kafka

/// What does not change while a worker runs: which one it is, and the limits it was given.
package struct WorkerIdentity: Sendable {
    /// Of this program; raised with each change of its contract.
    package static let version = "1.0.0"

    let instanceID: String
    let groupID: String
    let delivery: Delivery
    let jobsTopic: String
    let repliesTopic: String
    let deadLetterTopic: String?
    let maxJobsInFlight: Int
    /// What jobs and replies may take of `memory.max`; librdkafka has the rest.
    let maxBytesHeld: Int
    let maxCalls: Int
    let startedAt: WallTime
    let librdkafka = KafkaLibrary.versionText
    let libcurl = HTTPClient.libraryVersion

    package init(_ configuration: WorkerConfiguration, instanceID: String) {
        self.instanceID = instanceID
        groupID = configuration.kafka.groupID
        delivery = configuration.delivery
        jobsTopic = configuration.jobsTopic
        repliesTopic = configuration.repliesTopic
        deadLetterTopic = configuration.deadLetterTopic
        maxJobsInFlight = configuration.maxJobsInFlight
        maxBytesHeld = configuration.maxMemory / 2
        maxCalls = configuration.api.concurrency
        startedAt = .current
    }
}
