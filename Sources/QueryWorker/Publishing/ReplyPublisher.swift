internal import EventLoop
package import Kafka

/// Writes replies and dead letters, one batch after the other, on a thread of its own that may block: with exactly-once
/// each batch in a transaction with its offsets, with at-least-once by an idempotent producer.
///
/// Life: `start` (with exactly-once: fences former owners of the transactional id, and ends their open transaction),
/// `publish` for one batch after the other, `close`. It never decides about jobs: it reports how a batch ended, and the
/// loop, which keeps the replies until then, draws the consequences.
package actor ReplyPublisher {
    private nonisolated let thread = BlockingThread(name: "publisher")
    private let properties: [String: String]
    private let credentials: KafkaCredentials
    private let delivery: Delivery
    package nonisolated let transactionalID: String
    private let topics: [String]
    /// After which the coordinator aborts a transaction by itself.
    let transactionTimeout: Duration
    let control: PublisherControl
    let logger: Logger
    var producer: KafkaProducer?
    /// When the transaction under way began.
    var began = MonotonicTime.current
    var fencedAt: MonotonicTime?

    /// Limit of one call to librdkafka, which is made again if it may.
    let callTimeout = Duration.seconds(5)

    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - properties: librdkafka's, for a producer, without `transactional.id`.
    ///   - credentials: of the worker's clients, which can change.
    ///   - topics: whose metadata is fetched before the first batch, which would else wait for it.
    ///   - transactionTimeout: `transaction.timeout.ms`.
    package init(
        properties: [String: String], credentials: KafkaCredentials, delivery: Delivery, transactionalID: String,
        topics: [String], transactionTimeout: Duration, control: PublisherControl, logger: Logger
    ) {
        self.properties =
            delivery == .exactlyOnce
            ? properties.merging(["transactional.id": transactionalID]) { _, ours in ours } : properties
        self.credentials = credentials
        self.delivery = delivery
        self.transactionalID = transactionalID
        self.topics = topics
        self.transactionTimeout = transactionTimeout
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

    func startProducer() throws(KafkaError) {
        let producer = try KafkaProducer(properties: properties, credentials: credentials) { [logger] event in
            switch event {
            case .failed(let error): logger.warning("producer error", ["error": .string("\(error)")])
            case .log(let line): logger.log(line)
            }
        }
        self.producer = producer
        do throws(KafkaError) {
            if delivery == .exactlyOnce {
                try again { () throws(KafkaError) in
                    try control.watching(.seconds(10)) { timeout throws(KafkaError) in
                        try producer.initTransactions(timeout: timeout)
                    }
                }
            }
            for topic in topics where !control.isAbandoned {
                _ = try? control.watching(callTimeout) { timeout throws(KafkaError) in
                    try producer.partitionCount(of: topic, timeout: timeout)
                }
            }
        } catch {
            dropProducer()
            throw error
        }
    }

    func dropProducer() {
        producer?.close()
        producer = nil
    }

    // MARK: Publishing

    /// Writes `batch`, trying again as long as that is safe and not given up by the loop.
    package func publish(_ batch: PublishBatch) -> PublishOutcome {
        switch delivery {
        case .exactlyOnce: publishInTransaction(batch)
        case .atLeastOnce: publishPlainly(batch)
        }
    }

    /// What the consumer's group has committed. Here, since librdkafka's call blocks.
    package func read(
        _ committed: KafkaCommittedOffsets, of partitions: [KafkaTopicPartition], timeout: Duration
    ) -> Result<[KafkaOffset], KafkaError> {
        Result { () throws(KafkaError) in
            try control.watching(timeout) { timeout throws(KafkaError) in
                try committed.read(of: partitions, timeout: timeout)
            }
        }
    }

    /// Hands over the records with these numbers; those to be written alone are awaited one by one.
    /// - Parameters:
    ///   - endsAtFailure: a transaction writes nothing more once a record has failed.
    ///   - awaiting: waits for what was handed over, and returns what failed.
    /// - Returns: all failures, those that librdkafka reports at once included.
    func produce(
        _ numbers: some Sequence<Int>, of batch: PublishBatch, with producer: KafkaProducer, endsAtFailure: Bool,
        awaiting: () throws(KafkaError) -> [KafkaProducer.DeliveryFailure]
    ) throws(KafkaError) -> [KafkaProducer.DeliveryFailure] {
        var refused: [KafkaProducer.DeliveryFailure] = []
        var failed: [KafkaProducer.DeliveryFailure] = []
        for number in numbers {
            let isAlone = batch.alone.contains(number)
            if isAlone { failed += try awaiting() }
            if endsAtFailure, !failed.isEmpty { break }
            do {
                try produce(batch.records[number], number: number, with: producer)
                if isAlone { failed += try awaiting() }
            } catch {
                // The transaction has failed by another record; what is awaited below tells by which.
                if endsAtFailure, error.code == .wrongState { break }
                guard error.blamesTheRecord else { throw error }
                refused.append(KafkaProducer.DeliveryFailure(number: number, error: error))
            }
        }
        if failed.isEmpty || !endsAtFailure { failed += try awaiting() }
        return refused + failed
    }

    private func produce(_ record: KafkaRecord, number: Int, with producer: KafkaProducer) throws(KafkaError) {
        while true {
            do {
                return try producer.produce(record, number: number)
            } catch {
                guard error.code == .queueFull, !control.isAbandoned else { throw error }
                producer.serveQueue(milliseconds: 100)
            }
        }
    }

    /// What the failures that no retry mends say about the batch; nil if there are none.
    func verdict(on failures: [KafkaProducer.DeliveryFailure], of batch: PublishBatch) -> PublishOutcome? {
        let hopeless = failures.filter(\.error.blamesTheRecord)
        // A broker refuses a request as a whole: of several that it blames, one may be to blame, or none.
        let unsure = hopeless.filter { $0.error.blamesTheRequest && !batch.alone.contains($0.number) }.map(\.number)
        if unsure.count > 1 { return .refusedTogether(suspects: unsure, refused: hopeless.map(\.number)) }
        return hopeless.isEmpty ? nil : .rejected(hopeless)
    }

    // MARK: Trying again

    /// See `PublisherControl.again`.
    func again<Result>(_ call: () throws(KafkaError) -> Result) throws(KafkaError) -> Result {
        var nextComplaint = MonotonicTime.current + .seconds(3)
        return try control.again(call) { error in
            if MonotonicTime.current >= nextComplaint {
                logger.warning("waiting for the brokers", ["error": .string("\(error)")])
                nextComplaint = .current + .seconds(10)
            }
            serveFor(.milliseconds(50))
            return true
        }
    }

    /// Before another try: longer with each, at most 2 s.
    func pause(beforeAttempt attempt: Int) { serveFor(min(.milliseconds(100 << min(attempt, 5)), .seconds(2))) }

    /// Waits; what librdkafka reports meanwhile is taken.
    private func serveFor(_ duration: Duration) {
        let end = MonotonicTime.current + duration
        while MonotonicTime.current < end, !control.isAbandoned {
            let rest = Int32(clamping: max(1, (end - .current).wholeMilliseconds))
            if let producer { producer.serveQueue(milliseconds: rest) } else { thread.pause(for: end - .current) }
        }
    }
}
