internal import Kafka

// At least once: the records alone; the loop commits their offsets once they are written.
extension ReplyPublisher {
    func publishPlainly(_ batch: PublishBatch) -> PublishOutcome {
        var open = Array(batch.records.indices)
        var hopeless: [KafkaProducer.DeliveryFailure] = []
        var attempt = 0
        while !open.isEmpty, !control.isAbandoned {
            attempt += 1
            do throws(KafkaError) {
                guard let producer else {
                    try startProducer()
                    continue
                }
                let failures = try produce(open, of: batch, with: producer, endsAtFailure: false) {
                    () throws(KafkaError) in
                    try awaitDeliveries(with: producer)
                }
                hopeless += failures.filter(\.error.blamesTheRecord)
                open = failures.filter { !$0.error.blamesTheRecord }.map(\.number)
                guard let failure = failures.first(where: { !$0.error.blamesTheRecord }) else { break }
                throw producer.fatalError ?? failure.error
            } catch {
                logger.warning("records not written", ["error": .string("\(error)"), "count": .integer(open.count)])
                // An error that says only "fatal" comes without librdkafka's flag.
                if error.isFatal || producer?.fatalError != nil { dropProducer() }
            }
            pause(beforeAttempt: attempt)
        }
        if control.isAbandoned {
            // With what it has not reported yet: the next batch must not take that for its own.
            dropProducer()
            return .abandoned
        }
        return verdict(on: hopeless, of: batch) ?? .published
    }

    /// - Returns: what failed since the last call.
    private func awaitDeliveries(with producer: KafkaProducer) throws(KafkaError) -> [KafkaProducer.DeliveryFailure] {
        try again { () throws(KafkaError) in
            try control.watching(callTimeout) { timeout throws(KafkaError) in
                try producer.awaitDeliveries(timeout: timeout)
            }
        }
    }
}
