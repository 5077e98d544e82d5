internal import Kafka

/// Writes replayed records and what is remembered of them in one transaction. Blocks.
///
/// Its transactional id is the same for all replays of a group: the one that starts last fences the others.
struct ReplayProducer {
    private let producer: KafkaProducer
    private let group: KafkaGroupMetadata
    /// Limit of one call, which is made again if it may.
    private let callTimeout = Duration.seconds(10)
    /// After which calls are no longer made again.
    private let patience = Duration.seconds(60)

    /// Ends what an older replay has left open, and fences it: what is committed now stays as it is.
    /// - Parameter topic: whose metadata the first transaction would else wait for.
    init(properties: [String: String], memoryGroup: String, topic: String) throws(KafkaError) {
        let own = ["transactional.id": memoryGroup, "log_level": "0"]
        group = try KafkaGroupMetadata(ofGroupWithoutMembers: memoryGroup)
        let producer = try KafkaProducer(properties: properties.merging(own) { _, own in own })
        self.producer = producer
        do throws(KafkaError) {
            try again { timeout throws(KafkaError) in try producer.initTransactions(timeout: timeout) }
            _ = try producer.partitionCount(of: topic, timeout: callTimeout)
        } catch {
            producer.close()
            throw error
        }
    }

    func close() { producer.close() }

    /// Both or nothing. A transaction that the brokers made fail is tried again a few times.
    /// - Throws: when nothing was written; or, if the error is fatal, when nobody knows whether it was.
    func write(_ records: [KafkaRecord], remembering offsets: [KafkaOffset]) throws(KafkaError) {
        var attempt = 0
        while true {
            attempt += 1
            do throws(KafkaError) {
                return try tryWriting(records, remembering: offsets)
            } catch {
                let cause = cause(of: error)
                if cause.isFatal || cause.isFencing || cause.code == .timedOut { throw cause }
                producer.purge()
                try again { timeout throws(KafkaError) in try producer.abortTransaction(timeout: timeout) }
                guard error.requiresAbort, !error.blamesTheRecord, !error.forbidsTransactions, attempt < 5 else {
                    throw error
                }
                producer.serveQueue(milliseconds: 200)
            }
        }
    }

    private func tryWriting(_ records: [KafkaRecord], remembering offsets: [KafkaOffset]) throws(KafkaError) {
        try producer.beginTransaction()
        for record in records { try producer.produce(record) }
        if let failure = try producer.awaitDeliveries(endsAtFailure: true, timeout: patience).first {
            throw failure.error
        }
        try again { timeout throws(KafkaError) in try producer.sendOffsets(offsets, of: group, timeout: timeout) }
        try again { timeout throws(KafkaError) in try producer.commitTransaction(timeout: timeout) }
    }

    private func again(_ call: (Duration) throws(KafkaError) -> Void) throws(KafkaError) {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                return try call(callTimeout)
            } catch {
                guard error.isRetriable, !error.isFatal, !error.requiresAbort, .now < deadline else { throw error }
                producer.serveQueue(milliseconds: 50)
            }
        }
    }

    /// A client that is of no use any more says only that, in later calls; the reason is kept beside.
    private func cause(of error: KafkaError) -> KafkaError {
        error.isFencing ? error : producer.fatalError ?? error
    }
}
