internal import TestSupport
internal import Testing

/// What needs a real broker. One test at a time: each has worker processes of its own, and machines have few cores.
@Suite(.serialized, .needsKafka) struct OnRealKafka {}
