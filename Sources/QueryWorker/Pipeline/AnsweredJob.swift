internal import EventLoop
internal import Kafka
internal import WeChat

/// A job whose reply waits to be written, and with it, where the record is no job, that record as a dead letter.
@EventLoopActor
final class AnsweredJob {
    let record: HeldRecord
    var reply: QueryReply
    // As the record has them, until a topic refuses them.
    var key: [UInt8]?
    var route: ReplyRoute
    /// What is still to be written. With `delivery=at-least-once` it may be written in parts.
    var outgoing: [Outgoing]
    /// Refused together with others: to be written by itself, so that only the record that is to blame is blamed.
    var isSuspect = false

    struct Outgoing {
        let role: Role
        var record: KafkaRecord

        enum Role: Hashable, Sendable {
            case reply
            case deadLetter
        }
    }

    init(_ reply: QueryReply, to record: HeldRecord, outgoing: [Outgoing]) {
        self.record = record
        self.reply = reply
        key = record.key
        route = record.route
        self.outgoing = outgoing
    }

    var answeredAt: MonotonicTime { record.receivedAt + reply.duration }

    var topics: Set<String> { Set(outgoing.map(\.record.topic)) }

    var isLost: Bool { record.assignment.state == .lost }

    /// For log lines; empty where the record was too broken to read it.
    var jobID: String { reply.identity.jobID ?? "" }

    /// What names it on log lines.
    var logName: LogMetadata {
        LogMetadata(JobName(id: jobID, traceID: record.route.traceID), account: reply.identity.account)
    }

    /// The same, and where its record is.
    var logMetadata: LogMetadata {
        var metadata = logName
        metadata.append("partition", .integer(record.assignment.partition))
        metadata.append("offset", .integer(record.offset))
        return metadata
    }
}

extension KafkaRecord {
    /// Bytes of all its parts, and what librdkafka adds for each: an estimate that is not too low.
    var size: Int {
        let headers = self.headers.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) + 16 }
        return (key?.count ?? 0) + (value?.count ?? 0) + headers + 256
    }
}
