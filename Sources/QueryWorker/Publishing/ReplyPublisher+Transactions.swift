internal import EventLoop
internal import Kafka

// Exactly once: records, offsets and maps in one transaction.
extension ReplyPublisher {
    func publishInTransaction(_ batch: PublishBatch) -> PublishOutcome {
        var attempt = 0
        while !control.isAbandoned {
            attempt += 1
            do throws(KafkaError) {
                if producer == nil { try startProducer() }
            } catch {
                if error.forbidsTransactions { return .forbidden(error) }
                logger.error("producer can't be started", ["error": .string("\(error)")])
                pause(beforeAttempt: attempt)
                continue
            }
            guard let producer else { continue }
            do throws(KafkaError) {
                if let outcome = try run(batch, with: producer) { return outcome }
            } catch {
                // The one place where a producer is given up: it is fatal, or nobody knows how its commit ended.
                dropProducer()
                if error.isFencing, isFencedTwice() { return .fenced(error) }
                logger.warning("producer replaced", ["error": .string("\(error)")])
                // At once, since that ends the old transaction.
                if !control.isAbandoned { try? startProducer() }
                return .unknown(error)
            }
            pause(beforeAttempt: attempt)
        }
        return .abandoned
    }

    /// Twice within a minute. A transaction that was open for longer than its time limit was ended by the coordinator,
    /// which looks the same: a process that slept is no rival of itself.
    private func isFencedTwice() -> Bool {
        let now = MonotonicTime.current
        guard now - began < transactionTimeout else { return false }
        defer { fencedAt = now }
        guard let fencedAt else { return false }
        return now - fencedAt < .seconds(60)
    }

    /// One try.
    /// - Returns: nil where the transaction was aborted, and another try may succeed.
    /// - Throws: when the producer is of no use any more, or the outcome of the commit is not known.
    private func run(_ batch: PublishBatch, with producer: KafkaProducer) throws(KafkaError) -> PublishOutcome? {
        began = .current
        do throws(KafkaError) {
            try producer.beginTransaction()
            let failures = try produce(batch.records.indices, of: batch, with: producer, endsAtFailure: true) {
                () throws(KafkaError) in
                try awaitDeliveries(of: batch, with: producer)
            }
            if let verdict = verdict(on: failures, of: batch) {
                try abort(producer)
                return verdict
            }
            if let failure = failures.first { throw failure.error }
            try sendOffsets(of: batch, with: producer)
        } catch {
            return try outcome(ofAborting: error, producer)
        }
        // A commit that timed out is asked again, and never aborted: its first request may have reached the broker.
        do {
            try again { () throws(KafkaError) in
                try control.watching(callTimeout) { timeout throws(KafkaError) in
                    try producer.commitTransaction(timeout: timeout)
                }
            }
            return .published
        } catch {
            guard error.requiresAbort else { throw error }
            return try outcome(ofAborting: error, producer)
        }
    }

    private func outcome(ofAborting error: KafkaError, _ producer: KafkaProducer) throws(KafkaError) -> PublishOutcome?
    {
        if error.isFatal || error.isFencing { throw error }
        logger.warning("transaction aborted", ["error": .string("\(error)")])
        try abort(producer)
        if error.saysNotMember { return .notMember(error) }
        if error.forbidsTransactions { return .forbidden(error) }
        return error.saysTopicRefused ? .topicRefused(error) : nil
    }

    /// - Returns: what failed since the last call.
    private func awaitDeliveries(
        of batch: PublishBatch, with producer: KafkaProducer
    ) throws(KafkaError) -> [KafkaProducer.DeliveryFailure] {
        while true {
            do throws(KafkaError) {
                return try control.watching(callTimeout) { timeout throws(KafkaError) in
                    try producer.awaitDeliveries(endsAtFailure: true, timeout: timeout)
                }
            } catch {
                guard !control.isAbandoned else { throw error }
                // A transaction that failed meanwhile, for a topic that may not be written, holds its records back, and says
                // so only to the next call.
                try sendOffsets(of: batch, with: producer)
            }
        }
    }

    /// May be called more than once for a transaction.
    private func sendOffsets(of batch: PublishBatch, with producer: KafkaProducer) throws(KafkaError) {
        try again { () throws(KafkaError) in
            try control.watching(callTimeout) { timeout throws(KafkaError) in
                try producer.sendOffsets(batch.offsets, of: batch.group, timeout: timeout)
            }
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
}
