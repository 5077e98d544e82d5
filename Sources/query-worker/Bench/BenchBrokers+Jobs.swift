internal import Kafka
internal import QueryWorker

extension BenchBrokers {
    /// Publishes all jobs. No worker runs yet.
    func publish(_ jobs: BenchJobs, progress: (Int) -> Void) throws(BenchFailure) {
        let properties = try producerProperties()
        let producer = try asking("publishing to \(jobsTopic)", grant: "Write on topics bench-*") {
            () throws(KafkaError) in try KafkaProducer(properties: properties)
        }
        defer { producer.close() }
        for number in 0..<jobs.count {
            let record = KafkaRecord(topic: jobsTopic, key: jobs.key(of: number), value: jobs.value(of: number))
            try hand(record, to: producer)
            if number.isMultiple(of: 1000) {
                try stop()
                progress(number + 1 - producer.outstanding)
            }
        }
        try awaitAll(producer)
        try checkThatAllAreKept()
    }

    private func hand(_ record: KafkaRecord, to producer: KafkaProducer) throws(BenchFailure) {
        while true {
            do throws(KafkaError) {
                return try producer.produce(record)
            } catch {
                guard error.code == .queueFull else { throw failure(ofPublishing: error) }
                try stop()
                producer.serveQueue(milliseconds: 100)
            }
        }
    }

    private func awaitAll(_ producer: KafkaProducer) throws(BenchFailure) {
        let deadline = ContinuousClock.now + Self.patience + .seconds(60)
        while producer.outstanding > 0 {
            try stop()
            producer.serveQueue(milliseconds: 100)
            guard .now < deadline else {
                throw BenchFailure("\(producer.outstanding) jobs were not acknowledged by the brokers; look at them")
            }
        }
        if let failed = producer.takeFailures().first { throw failure(ofPublishing: failed.error) }
    }

    private func failure(ofPublishing error: KafkaError) -> BenchFailure {
        BenchFailure("publishing to \(jobsTopic)", error, grant: "Write on topics bench-*")
    }

    private func checkThatAllAreKept() throws(BenchFailure) {
        guard embedded != nil else { return }
        let properties = try properties()
        let isKept = try asking("embedded brokers", grant: "") { () throws(KafkaError) in
            let admin = try KafkaAdmin(properties: properties)
            for number in 0..<Int32(partitions) {
                let partition = KafkaTopicPartition(topic: jobsTopic, partition: number)
                if try admin.offsets(of: partition, timeout: Self.patience).beginning > 0 { return false }
            }
            return true
        }
        guard !isKept else { return }
        throw BenchFailure(
            "embedded brokers keep 5 MiB of a partition, some 50,000 jobs: give fewer --jobs or more --partitions, or "
                + "real brokers by --set kafka.bootstrap.servers=HOST:PORT", exitCode: ExitCode.usage)
    }
}
