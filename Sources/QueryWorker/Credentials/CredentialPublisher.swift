internal import EventLoop
internal import Kafka

/// Writes to the credential topic, on a thread of its own that may block: in transactions what only the refresher may
/// write, by an idempotent producer what any instance may.
actor CredentialPublisher {
    /// How a transaction ended.
    enum Outcome: Sendable {
        case committed
        /// Another instance has taken over: nothing was written, and nothing more can be.
        case fenced(KafkaError)
        /// Brokers do not answer, or refuse. What was to be written may be there, or not: it is written again.
        case failed(KafkaError)
    }

    private nonisolated let thread = BlockingThread(name: "credentials")
    private let properties: [String: String]
    private let transactionalID: String
    private let credentials: KafkaCredentials
    private let partition: KafkaTopicPartition
    private let control: PublisherControl
    private let logger: Logger
    private var transactional: KafkaProducer?
    private var plain: KafkaProducer?
    /// It is not the producer with which this term began: the group must vouch for it.
    private var isReplaced = false

    private static let callTimeout = Duration.seconds(5)

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameter properties: librdkafka's, for a producer, without `transactional.id`.
    init(
        properties: [String: String], transactionalID: String, credentials: KafkaCredentials,
        partition: KafkaTopicPartition, control: PublisherControl, logger: Logger
    ) {
        self.properties = properties
        self.transactionalID = transactionalID
        self.credentials = credentials
        self.partition = partition
        self.control = control
        self.logger = logger
    }

    /// Frees the producers and what is left of the consumers, and ends the thread. The last call.
    func close(_ remains: [KafkaConsumerRemains]) {
        transactional?.close()
        plain?.close()
        (transactional, plain) = (nil, nil)
        for consumer in remains { consumer.destroy() }
        thread.stop()
    }

    func destroy(_ consumer: KafkaConsumerRemains) { consumer.destroy() }

    // MARK: As the refresher

    /// Fences the former refresher, and ends its open transaction.
    /// - Parameter isFirst: of the present membership. Whoever was fenced may have been so by the next owner.
    /// - Returns: the end of the topic, up to which it must be read before a refresh.
    func begin(isFirst: Bool) -> Result<Int64, KafkaError> {
        dropTransactional()
        isReplaced = !isFirst
        return Result { () throws(KafkaError) in
            let producer = try start()
            return try watching { timeout throws(KafkaError) in
                try producer.endOffset(of: partition, timeout: timeout)
            }
        }
    }

    func end() { dropTransactional() }

    /// One try.
    /// - Parameters:
    ///   - isVouched: the group vouches, by its generation, that this instance is still the owner. Else the fencing of the
    ///     producer is enough: what WeChat has handed out must not be lost with the membership.
    ///   - readTo: is committed for the group with it, so that its lag is that of this instance.
    func commit(
        _ records: [KafkaRecord], isVouched: Bool, by group: KafkaGroupMetadata, readTo: Int64
    ) -> Outcome {
        do throws(KafkaError) {
            if transactional == nil {
                // Others may have been the owner meanwhile.
                isReplaced = true
                _ = try start()
            }
            guard let producer = transactional else {
                return .failed(KafkaError(code: .wrongState, reason: "no producer"))
            }
            try run(records, isVouched || isReplaced ? group : nil, readTo, producer)
            return .committed
        } catch {
            if error.isFencing || error.saysNotMember {
                dropTransactional()
                return .fenced(error)
            }
            if error.requiresAbort, let producer = transactional {
                producer.purge()
                do throws(KafkaError) {
                    try again(with: producer) { timeout throws(KafkaError) in
                        try producer.abortTransaction(timeout: timeout)
                    }
                } catch {
                    dropTransactional()
                    if error.isFencing { return .fenced(error) }
                }
            } else {
                dropTransactional()
            }
            return .failed(error)
        }
    }

    private func run(
        _ records: [KafkaRecord], _ group: KafkaGroupMetadata?, _ readTo: Int64, _ producer: KafkaProducer
    ) throws(KafkaError) {
        try producer.beginTransaction()
        for record in records { try producer.produce(record) }
        do throws(KafkaError) {
            let failures = try watching { timeout throws(KafkaError) in
                try producer.awaitDeliveries(endsAtFailure: true, timeout: timeout)
            }
            if let failure = failures.first {
                // It says only that it was dropped; the commit of a transaction that has failed says why.
                try watching { timeout throws(KafkaError) in try producer.commitTransaction(timeout: timeout) }
                throw failure.error
            }
            if let group {
                let offset = KafkaOffset(partition, offset: readTo)
                try again(with: producer) { timeout throws(KafkaError) in
                    try producer.sendOffsets([offset], of: group, timeout: timeout)
                }
            }
        } catch {
            if error.isFatal || error.isFencing || error.requiresAbort { throw error }
            throw KafkaError(code: error.code, reason: error.reason, requiresAbort: true)
        }
        // One that timed out is asked again, never aborted: its first request may have reached the broker.
        try again(with: producer) { timeout throws(KafkaError) in try producer.commitTransaction(timeout: timeout) }
    }

    private func start() throws(KafkaError) -> KafkaProducer {
        let producer = try make(["transactional.id": transactionalID])
        do throws(KafkaError) {
            try again(with: producer) { timeout throws(KafkaError) in
                try producer.initTransactions(timeout: timeout)
            }
            _ = try watching { timeout throws(KafkaError) in
                try producer.partitionCount(of: partition.topic, timeout: timeout)
            }
        } catch {
            producer.close()
            throw error
        }
        transactional = producer
        return producer
    }

    private func dropTransactional() {
        transactional?.close()
        transactional = nil
    }

    // MARK: As any instance

    /// - Throws: if it was not written; or not acknowledged in time, and may be there.
    func publish(_ records: [KafkaRecord]) -> Result<Void, KafkaError> {
        Result { () throws(KafkaError) in
            let producer = if let plain { plain } else { try make([:]) }
            plain = producer
            do throws(KafkaError) {
                for record in records { try producer.produce(record) }
                let failures = try watching { timeout throws(KafkaError) in
                    try producer.awaitDeliveries(timeout: timeout)
                }
                if let failure = failures.first { throw failure.error }
            } catch {
                producer.close()
                plain = nil
                throw error
            }
        }
    }

    private func make(_ more: [String: String]) throws(KafkaError) -> KafkaProducer {
        try KafkaProducer(properties: properties.merging(more) { _, new in new }, credentials: credentials) {
            [logger] event in
            switch event {
            case .failed(let error): logger.warning("producer error", ["error": .string("\(error)")])
            case .log(let line): logger.log(line)
            }
        }
    }

    private func watching<Result>(
        _ call: (Duration) throws(KafkaError) -> Result
    ) throws(KafkaError) -> Result {
        try control.watching(Self.callTimeout, call)
    }

    /// A few times: see `PublisherControl.again`.
    private func again(
        with producer: KafkaProducer, _ call: (Duration) throws(KafkaError) -> Void
    ) throws(KafkaError) {
        let deadline = MonotonicTime.current + Self.callTimeout * 2
        try control.again { () throws(KafkaError) in
            try watching(call)
        } after: { _ in
            producer.serveQueue(milliseconds: 50)
            return MonotonicTime.current < deadline
        }
    }
}
