import Kafka
import Testing

@testable import QueryWorker

/// Which errors a transaction survives, and who is to blame for the others.
@Suite struct KafkaErrorTransactionsTests {
    enum Class { case notMember, fencing, record, other }

    @Test(
        arguments: [
            (KafkaError.Code.unknownMember, Class.notMember), (.illegalGeneration, .notMember),
            (.fencedInstance, .notMember), (.fenced, .fencing), (.producerFenced, .fencing),
            (.invalidProducerEpoch, .fencing), (.messageTooLarge, .record), (.unknownPartition, .record),
            (.unknownTopic, .record), (.unknownTopicOrPartition, .record), (.topicAuthorizationFailed, .record),
            (.recordListTooLarge, .record), (.invalidRecord, .record),
            (.timedOut, .other), (.rebalanceInProgress, .other),
            (.transport, .other),
            (.queueFull, .other), (.fatal, .other), (.wrongState, .other), (.conflict, .other),
            (.purgedFromQueue, .other),
        ] as [(KafkaError.Code, Class)])
    func codeIsOfOneClass(code: KafkaError.Code, expected: Class) {
        let error = KafkaError(code: code, reason: "x")
        #expect(error.saysNotMember == (expected == .notMember))
        #expect(error.isFencing == (expected == .fencing))
        #expect(error.blamesTheRecord == (expected == .record))
    }
}
