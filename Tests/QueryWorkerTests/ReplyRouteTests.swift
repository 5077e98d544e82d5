import Kafka
import QueryWorker
import Testing

@Suite struct ReplyRouteTests {
    private func route(_ headers: [KafkaHeader]) throws(ReplyRoute.Refused) -> ReplyRoute {
        try ReplyRoute(headers: headers, defaultTopic: "replies", allowedTopics: ["mine", "theirs"])
    }

    @Test func jobWithoutHeadersIsAnsweredOnTheDefaultTopicByItsKey() throws {
        let route = try route([])
        #expect(route.topic == "replies")
        #expect(route.partition == nil)
        #expect(route.echoed.isEmpty)
    }

    @Test func correlationAndTraceHeadersAreEchoedByteForByteInTheirOrder() throws {
        let echoed = [
            KafkaHeader(name: "kafka_correlationId", value: [0, 0xFF, 0x80, 0x0A]),
            KafkaHeader("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            KafkaHeader("baggage", "a=1"),
            KafkaHeader(name: "correlation-id", value: []),
            KafkaHeader("baggage", "b=2"),
            KafkaHeader(name: "tracestate", value: nil),
            KafkaHeader("baggage", "a=1"),
        ]
        let others = [KafkaHeader("content-type", "x"), KafkaHeader("Baggage", "x"), KafkaHeader("ce_id", "x")]
        let mixed = zip(echoed, others + others + others).flatMap { [$0, $1] }
        #expect(try route(mixed).echoed == echoed)
    }

    @Test(arguments: ["mine", "theirs", "replies"])
    func allowedReplyTopicIsHonoured(topic: String) throws {
        let route = try route([KafkaHeader("kafka_replyTopic", topic), KafkaHeader("baggage", "a")])
        #expect(route.topic == topic)
        #expect(route.partition == nil)
        #expect(route.echoed == [KafkaHeader("baggage", "a")])
    }

    @Test(arguments: ["Mine", "", "mine ", "query.requests", String(repeating: "t", count: 10_000)])
    func otherReplyTopicIsRefusedByAReplyOnTheDefaultTopic(topic: String) {
        let headers = [
            KafkaHeader("kafka_replyTopic", topic), KafkaHeader(name: "kafka_replyPartition", value: [0, 0, 0, 1]),
            KafkaHeader("correlation-id", "c"),
        ]
        let refused = #expect(throws: ReplyRoute.Refused.self) { try route(headers) }
        #expect(refused?.route.topic == "replies")
        #expect(refused?.route.partition == nil)
        #expect(refused?.route.echoed == [KafkaHeader("correlation-id", "c")])
        #expect(refused?.reason.contains("kafka_replyTopic") == true)
        #expect(refused.map { $0.reason.utf8.count < 400 } == true)
    }

    @Test func replyTopicThatIsNoTextIsRefused() {
        #expect(throws: ReplyRoute.Refused.self) {
            try route([KafkaHeader(name: "kafka_replyTopic", value: [0x6D, 0xFF])])
        }
    }

    @Test func lastOfSeveralReplyTopicsCounts() throws {
        let headers = ["theirs", "nobodys", "mine"].map { KafkaHeader("kafka_replyTopic", $0) }
        #expect(try route(headers).topic == "mine")
    }

    @Test func replyTopicThatIsNullIsNotAskedFor() throws {
        #expect(try route([KafkaHeader(name: "kafka_replyTopic", value: nil)]).topic == "replies")
    }

    @Test(
        arguments: [
            ([0, 0, 0, 0], 0), ([0, 0, 0, 3], 3), ([0, 0, 1, 0], 256), ([0x12, 0x34, 0x56, 0x78], 0x1234_5678),
            ([0x7F, 0xFF, 0xFF, 0xFF], Int32.max), ([0xFF, 0xFF, 0xFF, 0xFF], nil), ([0x80, 0, 0, 0], nil),
        ] as [([UInt8], Int32?)])
    func replyPartitionIsFourBytesBigEndian(bytes: [UInt8], partition: Int32?) throws {
        let headers = [
            KafkaHeader("kafka_replyTopic", "mine"), KafkaHeader(name: "kafka_replyPartition", value: bytes),
        ]
        #expect(try route(headers).partition == partition)
    }

    @Test(arguments: [[], [3], [0, 0, 3], [0, 0, 0, 0, 3], [0, 0, 0, 0, 0, 0, 0, 3], Array("0003x".utf8)])
    func otherReplyPartitionsAreRefused(bytes: [UInt8]) {
        let headers = [
            KafkaHeader("kafka_replyTopic", "mine"), KafkaHeader(name: "kafka_replyPartition", value: bytes),
        ]
        let refused = #expect(throws: ReplyRoute.Refused.self) { try route(headers) }
        #expect(refused?.reason.contains("kafka_replyPartition") == true)
    }

    @Test func replyPartitionWithoutAReplyTopicIsIgnored() throws {
        #expect(try route([KafkaHeader(name: "kafka_replyPartition", value: [0, 0, 0, 3])]).partition == nil)
        #expect(try route([KafkaHeader(name: "kafka_replyPartition", value: [3])]).partition == nil)
    }
}
