internal import CRdKafka

/// Produces records: idempotent, or in transactions where the properties name a `transactional.id`.
///
/// Its calls block; it belongs to one thread or actor that may (it is not `Sendable`). Nothing is called back: the owner
/// waits for delivery reports with `awaitDeliveries`, which serves the client's queue.
package final class KafkaProducer {
    let client: OpaquePointer
    private let main: RDKafkaQueue
    private var topics: [String: OpaquePointer] = [:]
    /// Records handed over whose delivery has not been reported.
    package private(set) var outstanding = 0
    private var failures: [DeliveryFailure] = []
    private var isClosed = false
    private let credentials: KafkaCredentials?
    private let onEvent: (KafkaProducerEvent) -> Void

    /// A record that was not written.
    package struct DeliveryFailure: Sendable {
        /// The number that was given to `produce`.
        package let number: Int
        package let error: KafkaError

        package init(number: Int, error: KafkaError) {
            self.number = number
            self.error = error
        }
    }

    /// - Parameters:
    ///   - credentials: in place of those among the properties, once they have changed.
    ///   - onEvent: errors and log lines, on the thread of the call that serves the queue.
    /// - Throws: `KafkaError` with `property` set where a property is refused.
    package init(
        properties: [String: String], credentials: KafkaCredentials? = nil,
        onEvent: @escaping (KafkaProducerEvent) -> Void = { _ in }
    ) throws(KafkaError) {
        let conf = try RDKafkaConf(credentials?.inForce(in: properties) ?? properties)
        try conf.set("log.queue", to: "true")
        conf.enableEvents(RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG)
        client = try conf.makeClient(RD_KAFKA_PRODUCER)
        rd_kafka_set_log_queue(client, nil)
        main = RDKafkaQueue(rd_kafka_queue_get_main(client))
        self.credentials = credentials
        self.onEvent = onEvent
        credentials?.add(client)
    }

    deinit { assert(isClosed, "a producer was not closed") }

    /// Number of partitions of `topic`; asks the brokers, and so warms the client's own metadata for the topic.
    /// - Throws: `unknownTopicOrPartition` where the topic does not exist.
    package func partitionCount(of topic: String, timeout: Duration) throws(KafkaError) -> Int {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        try check(rd_kafka_metadata(client, 0, handle(of: topic), &metadata, timeout.milliseconds))
        defer { rd_kafka_metadata_destroy(metadata) }
        guard let entry = metadata?.pointee, entry.topic_cnt > 0 else { return 0 }
        try check(entry.topics[0].err)
        return Int(entry.topics[0].partition_cnt)
    }

    /// Hands `record` to librdkafka, which copies it.
    /// - Parameter number: names the record in a `DeliveryFailure`.
    /// - Throws: what librdkafka refuses at once, such as `unknownPartition`, `messageTooLarge`, `queueFull`.
    package func produce(_ record: KafkaRecord, number: Int = 0) throws(KafkaError) {
        let topic = try handle(of: record.topic)
        let headers = record.headers.isEmpty ? nil : RDKafkaHeaders(record.headers).release()
        let code = record.key.withOptionalBytes { key, keyLength in
            record.value.withOptionalBytes { value, valueLength in
                rdkafka_produce(
                    client, topic, record.partition ?? RD_KAFKA_PARTITION_UA, key, keyLength, value, valueLength,
                    headers,
                    UnsafeMutableRawPointer(bitPattern: number))
            }
        }
        if code != RD_KAFKA_RESP_ERR_NO_ERROR {
            // producev takes the headers over only when it succeeds.
            headers.map { _ = RDKafkaHeaders(pointer: $0) }
            throw KafkaError(code: code)
        }
        outstanding += 1
    }

    /// Waits until every record handed over was written or has failed.
    /// - Parameter endsAtFailure: or until one has failed; those that failed with it, in one request, are reported too. For
    ///   transactions, which write nothing more after a failure.
    /// - Returns: the failures since the last call. Whatever is not reported within `timeout` stays outstanding.
    /// - Throws: `timedOut`.
    package func awaitDeliveries(
        endsAtFailure: Bool = false, timeout: Duration
    ) throws(KafkaError) -> [DeliveryFailure] {
        let deadline = ContinuousClock.now + timeout
        while outstanding > 0, !(endsAtFailure && !failures.isEmpty) {
            serveQueue(milliseconds: 100)
            if outstanding > 0, ContinuousClock.now >= deadline {
                throw KafkaError(
                    code: .timedOut, reason: "\(outstanding) records were not acknowledged within \(timeout)",
                    isRetriable: true)
            }
        }
        defer { failures.removeAll() }
        return failures
    }

    /// The failures that were reported and not yet returned, without waiting for any: for owners who go on producing
    /// meanwhile, and call `serveQueue`.
    package func takeFailures() -> [DeliveryFailure] {
        defer { failures.removeAll() }
        return failures
    }

    /// Why the client is of no use any more; nil while it is.
    package var fatalError: KafkaError? {
        let text = CText(size: 512)
        let code = rd_kafka_fatal_error(client, text.start, text.size)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaError(code: KafkaError.Code(code), reason: text.string, isFatal: true)
    }

    /// Drops what is queued or on its way, and its reports with it. Before an abort, and before the last close.
    package func purge() {
        rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        while outstanding > 0, serveQueue(milliseconds: 1_000) {}
        outstanding = 0
        failures.removeAll()
    }

    /// Takes events off the client's queue; `milliseconds` is how long it waits for the first one.
    /// - Returns: whether there was any.
    @discardableResult
    package func serveQueue(milliseconds: Int32) -> Bool {
        guard let first = main.poll(milliseconds: milliseconds) else { return false }
        handle(first)
        while let event = main.poll(milliseconds: 0) { handle(event) }
        return true
    }

    /// Frees the client; blocks until its threads have ended. What is not yet written is lost.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        topics.values.forEach { rd_kafka_topic_destroy($0) }
        serveQueue(milliseconds: 0)
        main.close()
        credentials?.remove(client)
        rd_kafka_destroy(client)
    }

    private func handle(_ event: borrowing RDKafkaEvent) {
        switch event.type {
        case RD_KAFKA_EVENT_DR:
            while let message = event.nextMessage() { deliveryReported(message.pointee) }
        case RD_KAFKA_EVENT_ERROR:
            if let error = event.error { onEvent(.failed(error)) }
        case RD_KAFKA_EVENT_LOG:
            if let line = event.log { onEvent(.log(line)) }
        default:
            break
        }
    }

    private func deliveryReported(_ message: rd_kafka_message_t) {
        outstanding -= 1
        guard message.err != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        failures.append(
            DeliveryFailure(number: Int(bitPattern: message._private), error: KafkaError(code: message.err)))
    }

    /// The topic's handle, made once: it keeps librdkafka from looking the topic up for every record.
    private func handle(of topic: String) throws(KafkaError) -> OpaquePointer {
        if let known = topics[topic] { return known }
        guard let handle = rd_kafka_topic_new(client, topic, nil) else {
            throw KafkaError(code: rd_kafka_last_error())
        }
        topics[topic] = handle
        return handle
    }
}

package enum KafkaProducerEvent: Sendable {
    case failed(KafkaError)
    case log(KafkaLogLine)
}

extension Duration {
    /// For C functions that count whole milliseconds.
    var milliseconds: Int32 {
        Int32(clamping: components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}

extension [UInt8]? {
    /// The bytes for a C function that tells "none" by a NULL pointer from "empty".
    fileprivate func withOptionalBytes<Result>(_ body: (UnsafeRawPointer?, Int) -> Result) -> Result {
        guard let bytes = self else { return body(nil, 0) }
        if bytes.isEmpty { return withUnsafeBytes(of: 0 as UInt8) { body($0.baseAddress, 0) } }
        return bytes.withUnsafeBytes { body($0.baseAddress, $0.count) }
    }
}
