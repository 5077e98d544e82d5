internal import CRdKafka
package import EventLoop

/// A member of a consumer group, driven by events on the loop: no callback, no thread of ours, never a blocking call.
///
/// Life: `init`, `subscribe`, then `assigned` and `revoked` events answered by `assign` and `unassign`; messages are
/// taken by `takeMessages` when `onArrival` says that there are some; `close` leaves the group; what it returns is
/// destroyed on a thread that may block.
///
/// Two queues. The control queue (group, errors, log, commits) is always served. The message queue, to which every
/// assigned partition is forwarded, is read only as far as the owner asks: not asking is back-pressure, and costs neither
/// a pause nor a second fetch.
@EventLoopActor
package final class KafkaConsumer {
    let client: OpaquePointer
    package let groupID: String
    private let instanceID: String?
    private let credentials: KafkaCredentials?
    let control: RDKafkaQueue
    let messages: RDKafkaQueue
    private let onEvent: @EventLoopActor (KafkaConsumerEvent) -> Void
    private let onMessage: @EventLoopActor (borrowing KafkaMessage) -> Void
    private var pollTimer: LoopTimer?
    private var hurryTimer: LoopTimer?
    private var closing: Waiter?
    private(set) var isClosed = false
    var commits: [Int: CommitRequest] = [:]
    var lastCommit = 0
    /// Partitions that `pause` stopped.
    var paused: Set<KafkaTopicPartition> = []

    /// - Parameters:
    ///   - properties: librdkafka's own names and values; `group.id` is among them.
    ///   - credentials: in place of those among the properties, once they have changed.
    ///   - onMessage: called for each message, by `takeMessages`; in the order of offsets for each partition.
    ///   - onArrival: called when messages have come after there were none.
    /// - Throws: `KafkaError` with `property` set where a property is refused.
    package init(
        properties: [String: String], credentials: KafkaCredentials? = nil,
        onEvent: @escaping @EventLoopActor (KafkaConsumerEvent) -> Void,
        onMessage: @escaping @EventLoopActor (borrowing KafkaMessage) -> Void,
        onArrival: @escaping @EventLoopActor () -> Void
    ) throws(KafkaError) {
        let conf = try RDKafkaConf(credentials?.inForce(in: properties) ?? properties)
        try conf.set("log.queue", to: "true")
        conf.enableEvents(
            RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS | RD_KAFKA_EVENT_LOG
                | RD_KAFKA_EVENT_FETCH)
        client = try conf.makeClient(RD_KAFKA_CONSUMER)
        groupID = properties["group.id"] ?? ""
        instanceID = properties["group.instance.id"]
        self.credentials = credentials
        self.onEvent = onEvent
        self.onMessage = onMessage
        // NULL: the log goes to the main queue, which the next line joins to the consumer's.
        rd_kafka_set_log_queue(client, nil)
        rd_kafka_poll_set_consumer(client)
        control = RDKafkaQueue(rd_kafka_queue_get_consumer(client))
        messages = RDKafkaQueue(rd_kafka_queue_new(client))
        control.watch { [weak self] in self?.serveControl() }
        messages.watch(onArrival)
        credentials?.add(client)
        pollAgainInASecond()
        hurryGroup()
    }

    package func subscribe(to topics: [String]) throws(KafkaError) {
        let list = RDKafkaTopicPartitionList(topics: topics)
        try list.withPointer { pointer throws(KafkaError) in try check(rd_kafka_subscribe(client, pointer)) }
    }

    /// A snapshot of the membership, for the transactions that commit offsets of the assignment just received; nil if
    /// the consumer is no member now.
    package func groupMetadata() -> KafkaGroupMetadata? {
        KafkaGroupMetadata(client: client, groupID: groupID, instanceID: instanceID)
    }

    // MARK: Messages

    /// Hands out messages while `wantsMore` says so. It must be called again when it stopped for that reason: only a
    /// queue drained to empty announces the next message.
    package func takeMessages(while wantsMore: () -> Bool) {
        while !isClosed, wantsMore(), let event = messages.poll(milliseconds: 0) {
            if event.type == RD_KAFKA_EVENT_FETCH { handOut(event) } else { handle(event) }
        }
    }

    private func handOut(_ event: borrowing RDKafkaEvent) {
        // A fetch event carries one message; its position counts as consumed from here on.
        while let message = event.nextMessage() { onMessage(KafkaMessage(message)) }
    }

    // MARK: Control

    private func serveControl() {
        while !isClosed, let event = control.poll(milliseconds: 0) { handle(event) }
        if let closing, rd_kafka_consumer_closed(client) != 0 { closing.resume() }
    }

    /// Keeps the membership alive on a quiet topic: `max.poll.interval.ms` counts polls of any of the client's queues.
    private func pollAgainInASecond() {
        pollTimer = SystemClock.shared.schedule(after: closing == nil ? .seconds(1) : .milliseconds(20)) {
            [weak self] in
            guard let self, !isClosed else { return }
            serveControl()
            pollAgainInASecond()
        }
    }

    /// Has librdkafka look after the group ten times a second. By itself (2.0.2) it does so when something happens, or twice a
    /// second: its heartbeats come no more often, and each step of a rebalance may take half a second.
    private func hurryGroup() {
        hurryTimer = SystemClock.shared.schedule(after: .milliseconds(100)) { [weak self] in
            guard let self, closing == nil else { return }
            // Any request to its main thread would do. This one takes it some microseconds.
            if let metadata = rd_kafka_consumer_group_metadata(client) {
                rd_kafka_consumer_group_metadata_destroy(metadata)
            }
            hurryGroup()
        }
    }

    private func handle(_ event: borrowing RDKafkaEvent) {
        switch event.type {
        case RD_KAFKA_EVENT_FETCH:
            // None is expected on this queue; to drop one would lose a job.
            handOut(event)
        case RD_KAFKA_EVENT_REBALANCE:
            handleRebalance(event)
        case RD_KAFKA_EVENT_ERROR:
            guard let error = event.error else { return }
            onEvent(event.partition.map { .partitionFailed($0, error) } ?? .failed(fatalCause(of: error)))
        case RD_KAFKA_EVENT_LOG:
            if let line = event.log { onEvent(.log(line)) }
        case RD_KAFKA_EVENT_STATS:
            onEvent(.statistics(json: event.statistics))
        case RD_KAFKA_EVENT_OFFSET_COMMIT:
            commits[event.commitNumber]?.answered(event.commitError)
        default:
            break
        }
    }

    private func handleRebalance(_ event: borrowing RDKafkaEvent) {
        switch event.code {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
            onEvent(.assigned(event.partitions))
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
            onEvent(.revoked(event.partitions, isLost: rd_kafka_assignment_lost(client) != 0))
        default:
            if let error = event.error { onEvent(.failed(error)) }
        }
    }

    /// A fatal event says only "fatal"; the cause is asked for.
    private func fatalCause(of error: KafkaError) -> KafkaError {
        guard error.code == .fatal || error.isFatal else { return error }
        let text = CText(size: 512)
        let code = rd_kafka_fatal_error(client, text.start, text.size)
        return KafkaError(code: KafkaError.Code(code), reason: text.string, isFatal: true)
    }

    // MARK: Close

    /// Leaves the group. Revocations that this brings come as events, and must be answered.
    /// - Returns: what is left, for a thread that may block to destroy.
    package func close() async -> KafkaConsumerRemains {
        let waiter = Waiter()
        closing = waiter
        hurryTimer.map { SystemClock.shared.cancel($0) }
        if let error = rd_kafka_consumer_close_queue(client, control.pointer) {
            // Already closed, or closed by a fatal error: there is nothing to wait for.
            rd_kafka_error_destroy(error)
            waiter.resume()
        }
        pollTimer.map { SystemClock.shared.cancel($0) }
        pollAgainInASecond()
        try? await waiter.wait(.everything, under: nil)
        isClosed = true
        pollTimer.map { SystemClock.shared.cancel($0) }
        for queue in [control, messages] {
            queue.unwatch()
            queue.close()
        }
        return KafkaConsumerRemains(client: client, credentials: credentials)
    }
}

/// A closed consumer, whose threads are still to be joined.
package struct KafkaConsumerRemains: Sendable {
    private let address: UInt
    private let credentials: KafkaCredentials?

    init(client: OpaquePointer, credentials: KafkaCredentials?) {
        address = UInt(bitPattern: client)
        self.credentials = credentials
    }

    /// Frees the client; blocks until librdkafka's threads have ended. Called once.
    package func destroy() {
        guard let client = OpaquePointer(bitPattern: address) else { return }
        credentials?.remove(client)
        rd_kafka_destroy(client)
    }
}
