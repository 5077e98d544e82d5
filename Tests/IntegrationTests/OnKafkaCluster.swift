internal import TestSupport
internal import Testing

/// What starts brokers of its own, to do to them what a shared broker must not suffer. One test at a time: three brokers
/// keep a small machine busy.
@Suite(.serialized, .needsKafkaJars) struct OnKafkaCluster {}
