internal import CRdKafka

/// Whether a partition may be read. Looks at its end, as a member of no group: nothing is committed, and nobody is
/// disturbed. Blocks.
package enum KafkaReadProbe {
    /// - Parameter properties: a consumer's; the group in it is not joined.
    /// - Throws: what the partition's leader refuses, such as `topicAuthorizationFailed`; `timedOut` with the last
    ///   trouble as its reason if the leader does not answer.
    package static func run(
        properties: [String: String], partition: KafkaTopicPartition, timeout: Duration
    ) throws(KafkaError) {
        let client = try client(properties)
        let queue = RDKafkaQueue(rd_kafka_queue_get_consumer(client))
        defer {
            queue.close()
            rd_kafka_consumer_close(client)
            rd_kafka_destroy(client)
        }
        let list = RDKafkaTopicPartitionList([KafkaOffset(partition, offset: RDKAFKA_OFFSET_END)])
        let deadline = ContinuousClock.now + timeout
        try KafkaLeaders.known(of: [partition.topic], to: client, timeout: timeout) { () throws(KafkaError) in
            try list.withPointer { pointer throws(KafkaError) in try check(rd_kafka_assign(client, pointer)) }
        }
        var trouble: KafkaError?
        while .now < deadline {
            guard let event = queue.poll(milliseconds: 100) else { continue }
            // A record that was published this very moment.
            if event.type == RD_KAFKA_EVENT_FETCH { return }
            guard event.type == RD_KAFKA_EVENT_ERROR, let error = event.error else { continue }
            if error.code == .partitionEnd { return }
            // Said of the partition; what befalls connections passes.
            if event.partition != nil { throw error }
            trouble = error
        }
        throw KafkaError(
            code: .timedOut, reason: trouble?.reason ?? "the leader of \(partition) does not answer within \(timeout)")
    }

    private static func client(_ properties: [String: String]) throws(KafkaError) -> OpaquePointer {
        let conf = try RDKafkaConf(properties)
        try conf.set("log_level", to: "0")
        try conf.set("enable.auto.commit", to: "false")
        try conf.set("enable.partition.eof", to: "true")
        conf.enableEvents(RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_FETCH)
        let client = try conf.makeClient(RD_KAFKA_CONSUMER)
        rd_kafka_poll_set_consumer(client)
        return client
    }
}
