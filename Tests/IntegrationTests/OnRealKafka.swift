internal import TestSupport
internal import Testing

/// What needs a real broker. One test at a time: each has worker processes of its own, and machines have few cores.
/// What workers have put on reply topics is validated at the end, whichever test looked at it or did not.
@Suite(.serialized, .needsKafka, .validatesReplies) struct OnRealKafka {}
