internal import Kafka

extension TestTopics {
    /// Writes them in a transaction that is aborted.
    func publishAborted(_ records: [KafkaRecord]) async throws {
        try await onOwnThread { [self] in
            let producer = try KafkaProducer(properties: [
                "bootstrap.servers": bootstrap, "transactional.id": group + "-aborting",
            ])
            defer { producer.close() }
            try producer.initTransactions(timeout: .seconds(20))
            try producer.beginTransaction()
            for record in records { try producer.produce(record) }
            if let failure = try producer.awaitDeliveries(timeout: .seconds(20)).first { throw failure.error }
            try producer.abortTransaction(timeout: .seconds(20))
        }
    }

    /// Writes each in a transaction of its own, so that a marker lies behind each, as behind what workers write.
    func publishInTransactions(_ records: [KafkaRecord]) async throws {
        try await onOwnThread { [self] in
            let producer = try KafkaProducer(properties: [
                "bootstrap.servers": bootstrap, "transactional.id": group + "-writing", "retry.backoff.ms": "10",
            ])
            defer { producer.close() }
            try producer.initTransactions(timeout: .seconds(20))
            for record in records {
                try producer.beginTransaction()
                try producer.produce(record)
                if let failure = try producer.awaitDeliveries(timeout: .seconds(20)).first { throw failure.error }
                try producer.commitTransaction(timeout: .seconds(20))
            }
        }
    }

    /// The values of all records of a topic, those of aborted transactions too.
    func uncommittedValues(in topic: String) async throws -> [String] {
        try await allRecords(in: topic, isolation: "read_uncommitted") {
            $0.withValue { String(decoding: $0.map(Array.init) ?? [], as: UTF8.self) }
        }
    }
}
