internal import EventLoop
package import Kafka

/// Publishes replies and commits offsets, each batch in one transaction, on a thread of its own that may block.
///
/// Life: `start` (fences former owners of the transactional id, and ends their open transaction), `publish` for one batch
/// after the other, `close`. It never decides about jobs: it reports how a transaction ended, and the loop, which keeps
/// the replies until then, draws the consequences.
package actor ReplyPublisher {
    private nonisolated let thread = BlockingThread(name: "publisher")
    private let properties: [String: String]
    package nonisolated let transactionalID: String
    private let replyTopics: [String]
    private let control: PublisherControl
    private let logger: Logger
    private var producer: KafkaProducer?
    private var fencedAt: MonotonicTime?

    /// Limit of one call to librdkafka, which is made again if it may.
    private let callTimeout = Duration.seconds(5)

    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - properties: librdkafka's, for a producer, without `transactional.id`.
    ///   - replyTopics: whose metadata is fetched before the first transaction, which would else wait for it.
    package init(
        properties: [String: String], transactionalID: String, replyTopics: [String], control: PublisherControl,
        logger: Logger
    ) {
        self.properties = properties.merging(["transactional.id": transactionalID]) { _, ours in ours }
        self.transactionalID = transactionalID
        self.replyTopics = replyTopics
        self.control = control
        self.logger = logger
    }

    // MARK: Life

    /// Tries until it succeeds, as long as trying again may help.
    package func start() throws(KafkaError) {
        try startProducer()
    }

    /// Frees the producer and the consumer's remains, and ends the thread. The last call.
    package func close(_ consumer: KafkaConsumerRemains?) {
        dropProducer()
        consumer?.destroy()
        thread.stop()
    }

    private func startProducer() throws(KafkaError) {
        let producer = try KafkaProducer(properties: properties) { [logger] event in
            switch event {
            case .failed(let error): logger.warning("producer", ["error": .string("\(error)")])
            case .log(let line): logger.log(line)
            }
        }
        self.producer = producer
        do throws(KafkaError) {
            try again { () throws(KafkaError) in
                try control.watching(.seconds(10)) { timeout throws(KafkaError) in
                    try producer.initTransactions(timeout: timeout)
                }
            }
            for topic in replyTopics { _ = try? producer.partitionCount(of: topic, timeout: callTimeout) }
        } catch {
            dropProducer()
            throw error
        }
    }

    private func dropProducer() {
        producer?.close()
        producer = nil
    }

    // MARK: Publishing

    /// Publishes `batch` in one transaction, trying again as long as that is safe and not given up by the loop.
    package func publish(_ batch: PublishBatch) -> PublishOutcome {
        var attempt = 0
        while !control.isAbandoned {
            attempt += 1
            do {
                guard let producer else {
                    try startProducer()
                    continue
                }
                if let outcome = try run(batch, with: producer) { return outcome }
            } catch {
                // The one place where a producer is replaced: it is fatal, or nobody knows how its commit ended.
                dropProducer()
                if error.isFencing, isFencedTwice() { return .fenced(error) }
                logger.warning("producer replaced", ["error": .string("\(error)"), "attempt": .integer(attempt)])
                do {
                    try startProducer()
                } catch {
                    logger.error("producer cannot be replaced", ["error": .string("\(error)")])
                }
                return .unknown(error)
            }
            serveFor(min(.milliseconds(100 << min(attempt, 5)), .seconds(2)))
        }
        return .abandoned
    }

    /// One try.
    /// - Returns: nil where the transaction was aborted, and another try may succeed.
    /// - Throws: when the producer is of no use any more, or the outcome of the commit is not known.
    private func run(_ batch: PublishBatch, with producer: KafkaProducer) throws(KafkaError) -> PublishOutcome? {
        do {
            try producer.beginTransaction()
            let rejected = try produce(batch.records, with: producer)
            if !rejected.isEmpty {
                try abort(producer)
                return .rejected(rejected)
            }
            try again { () throws(KafkaError) in
                try control.watching(callTimeout) { timeout throws(KafkaError) in
                    try producer.sendOffsets(batch.offsets, of: batch.group, timeout: timeout)
                }
            }
        } catch {
            if error.isFatal || error.isFencing { throw error }
            logger.warning("transaction aborted", ["error": .string("\(error)")])
            try abort(producer)
            return error.saysNotMember ? .notMember(error) : nil
        }
        return try commit(producer)
    }

    /// - Returns: what can never be written; other failures are thrown.
    private func produce(
        _ records: [KafkaRecord], with producer: KafkaProducer
    ) throws(KafkaError) -> [KafkaProducer.DeliveryFailure] {
        var rejected: [KafkaProducer.DeliveryFailure] = []
        for (number, record) in records.enumerated() {
            do {
                try produce(record, number: number, with: producer)
            } catch {
                guard error.blamesTheRecord else { throw error }
                rejected.append(KafkaProducer.DeliveryFailure(number: number, error: error))
            }
        }
        let failures = try again { () throws(KafkaError) in
            try control.watching(callTimeout) { timeout throws(KafkaError) in
                try producer.awaitDeliveries(timeout: timeout)
            }
        }
        rejected += failures.filter(\.error.blamesTheRecord)
        if rejected.isEmpty, let failure = failures.first { throw failure.error }
        return rejected
    }

    private func produce(_ record: KafkaRecord, number: Int, with producer: KafkaProducer) throws(KafkaError) {
        while true {
            do {
                return try producer.produce(record, number: number)
            } catch {
                guard error.code == .queueFull else { throw error }
                producer.serveQueue(milliseconds: 100)
            }
        }
    }

    /// A commit that timed out is asked again, and never aborted: its first request may have reached the broker.
    private func commit(_ producer: KafkaProducer) throws(KafkaError) -> PublishOutcome? {
        do {
            try again { () throws(KafkaError) in
                try control.watching(callTimeout) { timeout throws(KafkaError) in
                    try producer.commitTransaction(timeout: timeout)
                }
            }
            return .committed
        } catch {
            guard error.requiresAbort else { throw error }
            logger.warning("transaction aborted", ["error": .string("\(error)")])
            try abort(producer)
            return error.saysNotMember ? .notMember(error) : nil
        }
    }

    private func abort(_ producer: KafkaProducer) throws(KafkaError) {
        producer.purge()
        try again { () throws(KafkaError) in
            try control.watching(callTimeout) { timeout throws(KafkaError) in
                try producer.abortTransaction(timeout: timeout)
            }
        }
    }

    /// Makes a call again as long as librdkafka says that it may succeed, and the loop wants it.
    private func again<Result>(_ call: () throws(KafkaError) -> Result) throws(KafkaError) -> Result {
        var nextComplaint = MonotonicTime.current + .seconds(3)
        while true {
            do {
                return try call()
            } catch {
                guard error.isRetriable, !error.isFatal, !error.requiresAbort, !control.isAbandoned else { throw error }
                if MonotonicTime.current >= nextComplaint {
                    logger.warning("waiting for the brokers", ["error": .string("\(error)")])
                    nextComplaint = .current + .seconds(10)
                }
                serveFor(.milliseconds(50))
            }
        }
    }

    /// Waits before another try; what librdkafka reports meanwhile is taken.
    private func serveFor(_ duration: Duration) {
        let end = MonotonicTime.current + duration
        while MonotonicTime.current < end {
            let rest = Int32(clamping: max(1, (end - .current).wholeMilliseconds))
            if let producer { producer.serveQueue(milliseconds: rest) } else { thread.pause(for: end - .current) }
        }
    }

    private func isFencedTwice() -> Bool {
        let now = MonotonicTime.current
        defer { fencedAt = now }
        guard let fencedAt else { return false }
        return now - fencedAt < .seconds(60)
    }
}
