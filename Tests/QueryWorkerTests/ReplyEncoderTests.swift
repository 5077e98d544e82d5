import EventLoop
import JSON
import Kafka
import QueryWorker
import Testing

@Suite @EventLoopActor struct ReplyEncoderTests {
    private let encoder = ReplyEncoder()

    private func route(_ headers: [KafkaHeader] = []) throws -> ReplyRoute {
        try ReplyRoute(headers: headers, defaultTopic: "replies", allowedTopics: ["mine"])
    }

    @Test func recordCarriesTheReplyAndTheContractsHeaders() throws {
        let record = encoder.encode(ReplyFixture.succeeded, key: [0, 0xFF], route: try route())
        #expect(record.topic == "replies")
        #expect(record.partition == nil)
        #expect(record.key == [0, 0xFF])
        #expect(record.value == Array(ReplyFixture.succeeded.json.utf8))
        #expect(
            record.headers == [
                KafkaHeader("content-type", "application/json"), KafkaHeader("ce_specversion", "1.0"),
                KafkaHeader("ce_id", "query.requests/3/1042"), KafkaHeader("ce_type", "query-reply.v1"),
                KafkaHeader("ce_source", "query-worker"), KafkaHeader("ce_time", "2026-11-25T01:02:03.456Z"),
            ])
    }

    @Test func echoedHeadersComeFirstAsTheyAre() throws {
        let echoed = [
            KafkaHeader(name: "correlation-id", value: [0xFF]), KafkaHeader(name: "baggage", value: nil),
            KafkaHeader(name: "correlation-id", value: [0xFF]),
        ]
        let record = encoder.encode(ReplyFixture.succeeded, key: nil, route: try route(echoed))
        #expect(Array(record.headers.prefix(3)) == echoed)
        #expect(record.headers.count == 9)
    }

    @Test func keyThatIsMissingIsNoEmptyOne() throws {
        #expect(encoder.encode(ReplyFixture.succeeded, key: nil, route: try route()).key == nil)
        #expect(encoder.encode(ReplyFixture.succeeded, key: [], route: try route()).key == [])
    }

    @Test func topicAndPartitionAreThoseAskedFor() throws {
        let headers = [
            KafkaHeader("kafka_replyTopic", "mine"), KafkaHeader(name: "kafka_replyPartition", value: [0, 0, 0, 5]),
        ]
        let record = encoder.encode(ReplyFixture.succeeded, key: nil, route: try route(headers))
        #expect(record.topic == "mine")
        #expect(record.partition == 5)
    }

    @Test func nothingOfOneReplyStaysInTheNext() throws {
        let failed = ReplyFixture.reply(.failed(JobFailure(.expired, "late")))
        let first = encoder.encode(ReplyFixture.succeeded, key: nil, route: try route())
        let second = encoder.encode(failed, key: nil, route: try route())
        #expect(first.value == Array(ReplyFixture.succeeded.json.utf8))
        #expect(second.value == Array(failed.json.utf8))
    }
}
