extension KafkaProducer {
    /// What a transactional producer's properties must become for `probeWriting`: records that it is given stay in its
    /// queue for much longer than the probe takes.
    /// - Parameter transactionTimeout: its `transaction.timeout.ms`, within which librdkafka wants the delay to lie.
    package static func writeProbeProperties(
        _ properties: [String: String], transactionTimeout: Duration
    ) -> [String: String] {
        var properties = properties
        // Other names of what is set here, which would win; and limits that may be shorter than the delay.
        for name in ["queue.buffering.max.ms", "message.timeout.ms", "delivery.timeout.ms"] { properties[name] = nil }
        properties["linger.ms"] = String(min(transactionTimeout / 2, .seconds(60)).milliseconds)
        properties["batch.num.messages"] = "10000"
        properties["batch.size"] = "1000000"
        return properties
    }

    /// Whether `topic` may be written in transactions. No reader ever sees anything of it: the record that it takes is
    /// dropped before it is sent, and the transaction is aborted. A marker of the abort stays behind.
    ///
    /// librdkafka asks the coordinator to add the partition as soon as it is given a record, which the broker refuses
    /// where the topic may not be written; then the record fails. Consent is not reported, so that is waited for.
    /// - Parameter patience: how long a refusal may take; less than half of what `writeProbeProperties` was given.
    /// - Throws: why not, such as `topicAuthorizationFailed`.
    package func probeWriting(to topic: String, patience: Duration, timeout: Duration) throws(KafkaError) {
        // Without the topic's metadata the record would wait for it, and the coordinator be asked too late.
        _ = try partitionCount(of: topic, timeout: timeout)
        try beginTransaction()
        var refusal: KafkaError?
        do {
            try produce(KafkaRecord(topic: topic, partition: 0, value: []))
            if let failure = try awaitDeliveries(timeout: patience).first {
                refusal = failure.error
                // The record says no more than that it was dropped. The commit of a transaction that has failed says
                // why, without asking anybody.
                try commitTransaction(timeout: timeout)
            }
        } catch {
            if error.code != .timedOut || refusal != nil { refusal = error }
        }
        purge()
        do {
            try abortTransaction(timeout: timeout)
        } catch {
            throw refusal ?? error
        }
        if let refusal { throw refusal }
    }
}
