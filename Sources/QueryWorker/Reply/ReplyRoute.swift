package import Kafka

/// Where a job's reply goes, and what it carries back for the asker: read from the job's headers.
package struct ReplyRoute: Hashable, Sendable {
    package var topic: String
    /// nil: chosen by the job's key.
    package var partition: Int32?
    /// Headers to repeat byte for byte.
    package var echoed: [KafkaHeader]

    /// Headers by which askers find their reply, and traces go on (Spring Kafka, W3C Trace Context).
    private static let echoedNames: Set<String> = [
        "kafka_correlationId", "correlation-id", "traceparent", "tracestate", "baggage",
    ]
    private static let topicName = "kafka_replyTopic"
    private static let partitionName = "kafka_replyPartition"

    /// All headers that are read of a job.
    package static let headerNames = echoedNames.union([topicName, partitionName])

    /// - Parameters:
    ///   - headers: the job's.
    ///   - defaultTopic: `replies.topic`.
    ///   - allowedTopics: `replies.topics.allowed`: topics that a job may ask for.
    package init(headers: [KafkaHeader], defaultTopic: String, allowedTopics: Set<String>) throws(Refused) {
        self.init(topic: defaultTopic, echoed: headers.filter { Self.echoedNames.contains($0.name) })
        guard let asked = headers.last(where: { $0.name == Self.topicName })?.value else { return }
        let topic = String(decoding: asked, as: UTF8.self)
        guard topic == defaultTopic || allowedTopics.contains(topic) else {
            throw Refused(
                route: self,
                reason:
                    "header kafka_replyTopic names \"\(topic.prefix(249))\", which replies.topics.allowed does not list"
            )
        }
        self.topic = topic
        guard let partition = headers.last(where: { $0.name == Self.partitionName })?.value else { return }
        guard partition.count == 4 else {
            throw Refused(
                route: self,
                reason:
                    "header kafka_replyPartition must be a 4-byte big-endian integer; it has \(partition.count) bytes")
        }
        let number = partition.reduce(0) { $0 << 8 | Int32($1) }
        self.partition = number < 0 ? nil : number
    }

    /// Of the trace that the job is part of; nil without a `traceparent` that is one.
    var traceID: String? {
        guard let header = echoed.last(where: { $0.name == "traceparent" })?.value else { return nil }
        return TraceParent.traceID(in: header)
    }

    init(topic: String, echoed: [KafkaHeader]) {
        self.topic = topic
        self.echoed = echoed
    }

    /// The job asks for a reply where none may go; it is told so by `route`.
    package struct Refused: Error {
        package let route: ReplyRoute
        package let reason: String
    }
}
