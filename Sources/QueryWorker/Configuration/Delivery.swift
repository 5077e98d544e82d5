/// What `delivery` promises to readers of replies.
package enum Delivery: String, CaseIterable, Sendable {
    /// Replies and offsets are committed in one Kafka transaction.
    case exactlyOnce = "exactly-once"
    /// Offsets are committed once the replies are written: a crash between the two answers jobs again. For brokers without
    /// transactions.
    case atLeastOnce = "at-least-once"
}
