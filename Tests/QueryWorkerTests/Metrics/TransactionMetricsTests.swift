import Kafka
import Testing

@testable import QueryWorker

struct TransactionMetricsTests {
    private static let error = KafkaError(code: .timedOut, reason: "late")

    @Test(
        arguments: [
            (PublishOutcome.published, nil), (.unknown(error), nil), (.rejected([]), .refused),
            (.refusedTogether(suspects: [], refused: []), .refused), (.topicRefused(error), .refused),
            (.notMember(error), .lost), (.abandoned, .lost), (.forbidden(error), .failed), (.fenced(error), .failed),
        ] as [(PublishOutcome, TransactionMetrics.Outcome?)])
    func whatBecameOfABatch(outcome: PublishOutcome, counted: TransactionMetrics.Outcome?) {
        #expect(TransactionMetrics.Outcome(outcome) == counted)
    }

    @Test func aBatchOfWatermarksOnlyIsNoneOfReplies() {
        var metrics = TransactionMetrics()
        metrics.committed(replies: 0, after: .milliseconds(20))
        metrics.committed(replies: 7, after: .milliseconds(20))
        #expect(metrics[.committed] == 2)
        #expect(metrics.duration.count == 2)
        #expect(metrics.replies.count == 1)
        #expect(metrics[.failed] == 0)
    }
}
