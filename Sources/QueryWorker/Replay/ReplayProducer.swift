internal import EventLoop
internal import Kafka

/// Writes replayed records and what is remembered of them in one transaction. Blocks.
///
/// Its transactional id is the same for all replays of a group: the one that starts last fences the others.
struct ReplayProducer {
    private let producer: KafkaProducer
    private let group: KafkaGroupMetadata
    private let stop: StopFlag
    /// Limit of one call, which is made again if it may, and not if the replay is to stop.
    private let callTimeout = Duration.seconds(1)
    /// After which calls are no longer made again.
    private let patience = Duration.seconds(60)

    /// Ends what an older replay has left open, and fences it: what is committed now stays as it is.
    /// - Parameter topic: whose metadata the first transaction would else wait for.
    init(
        properties: [String: String], memoryGroup: String, topic: String, stop: StopFlag
    ) throws(KafkaError) {
        let own = ["transactional.id": memoryGroup, "log_level": "0"]
        self.stop = stop
        group = try KafkaGroupMetadata(ofGroupWithoutMembers: memoryGroup)
        let producer = try KafkaProducer(properties: properties.merging(own) { _, own in own })
        self.producer = producer
        do throws(KafkaError) {
            try again { timeout throws(KafkaError) in try producer.initTransactions(timeout: timeout) }
            _ = try producer.partitionCount(of: topic, timeout: .seconds(10))
        } catch {
            producer.close()
            throw error
        }
    }

    func close() { producer.close() }

    /// Both or nothing. A transaction that the brokers made fail is tried again a few times.
    /// - Throws: when nothing was written; or, after a time-out, a fatal error, fencing or a commit that was not answered, when
    ///   nobody knows whether both were or neither: then nothing more can be written.
    func write(_ records: [KafkaRecord], remembering offsets: [KafkaOffset]) throws(KafkaError) {
        var attempt = 0
        while true {
            attempt += 1
            do throws(KafkaError) {
                try send(records, offsets)
            } catch {
                if error.saysTopicRefused || error.forbidsTransactions {
                    // The brokers may know of nothing to abort, and that is not what must be mended.
                    try? abort(after: error)
                    throw error
                }
                try abort(after: error)
                guard error.requiresAbort, !error.blamesTheRequest, attempt < 5 else { throw error }
                producer.serveQueue(milliseconds: 200)
                continue
            }
            do throws(KafkaError) {
                return try again { timeout throws(KafkaError) in try producer.commitTransaction(timeout: timeout) }
            } catch {
                // A commit that ended otherwise may have reached the broker, and must not be aborted.
                guard error.requiresAbort, attempt < 5 else { throw cause(of: error) }
                try abort(after: error)
            }
        }
    }

    private func send(_ records: [KafkaRecord], _ offsets: [KafkaOffset]) throws(KafkaError) {
        do throws(KafkaError) {
            try producer.beginTransaction()
            for record in records { try producer.produce(record) }
            try awaitDeliveries(offsets)
        } catch {
            // The transaction has failed meanwhile, for a topic that may not be written; only the next call says so.
            if [.purgedFromQueue, .wrongState].contains(error.code) { try sendOffsets(offsets) }
            throw error
        }
        try sendOffsets(offsets)
    }

    private func awaitDeliveries(_ offsets: [KafkaOffset]) throws(KafkaError) {
        try again { timeout throws(KafkaError) in
            do throws(KafkaError) {
                if let failure = try producer.awaitDeliveries(endsAtFailure: true, timeout: timeout).first {
                    throw failure.error
                }
            } catch {
                // A failed transaction may also hold its records back.
                if error.code == .timedOut { try sendOffsets(offsets) }
                throw error
            }
        }
    }

    /// May be called more than once for a transaction.
    private func sendOffsets(_ offsets: [KafkaOffset]) throws(KafkaError) {
        try again { timeout throws(KafkaError) in try producer.sendOffsets(offsets, of: group, timeout: timeout) }
    }

    /// - Throws: where nothing can be aborted, why.
    private func abort(after error: KafkaError) throws(KafkaError) {
        let cause = cause(of: error)
        if cause.isFatal || cause.isFencing || cause.code == .timedOut { throw cause }
        producer.purge()
        try again { timeout throws(KafkaError) in try producer.abortTransaction(timeout: timeout) }
    }

    private func again(_ call: (Duration) throws(KafkaError) -> Void) throws(KafkaError) {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                return try call(callTimeout)
            } catch {
                guard error.isRetriable, !error.isFatal, !error.requiresAbort, .now < deadline, stop.signal == nil
                else {
                    throw error
                }
                producer.serveQueue(milliseconds: 50)
            }
        }
    }

    /// A client that is of no use any more says only that, in later calls; the reason is kept beside.
    private func cause(of error: KafkaError) -> KafkaError {
        error.isFencing ? error : producer.fatalError ?? error
    }
}
