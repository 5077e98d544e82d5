package import EventLoop
internal import JSON
package import Kafka

/// Makes the Kafka record of a reply: JSON, and the headers of the contract (CloudEvents' Kafka binding in binary mode).
@EventLoopActor
package final class ReplyEncoder {
    private var writer = JSONWriter()
    private static let contentType = KafkaHeader("content-type", "application/json")
    private static let specificationVersion = KafkaHeader("ce_specversion", "1.0")
    private static let type = KafkaHeader("ce_type", "query-reply.v1")
    private static let source = KafkaHeader("ce_source", "query-worker")

    package nonisolated init() {}

    package func encode(_ reply: QueryReply, key: [UInt8]?, route: ReplyRoute) -> KafkaRecord {
        writer.removeAll()
        reply.write(to: &writer)
        let source = reply.source
        var headers = route.echoed
        headers.reserveCapacity(headers.count + 6)
        headers.append(Self.contentType)
        headers.append(Self.specificationVersion)
        headers.append(KafkaHeader(name: "ce_id", value: source.eventID))
        headers.append(Self.type)
        headers.append(Self.source)
        var time: [UInt8] = []
        reply.completedAt.appendRFC3339(to: &time)
        headers.append(KafkaHeader(name: "ce_time", value: time))
        return KafkaRecord(
            topic: route.topic, partition: route.partition, key: key, value: writer.bytes, headers: headers)
    }
}
