internal import Kafka
internal import QueryWorker

extension BenchBrokers {
    /// Reads all that is committed.
    func audit(_ jobs: BenchJobs, progress: (Int) -> Void) throws(BenchFailure) -> ReplyAudit {
        var audit = ReplyAudit(jobs)
        let properties = try properties().merging(["isolation.level": "read_committed"]) { $1 }
        let reader = try asking("reading \(repliesTopic)", grant: "Read on topics bench-*") { () throws(KafkaError) in
            try KafkaReader(properties: properties, topic: repliesTopic, partitions: replyPartitions)
        }
        var count = 0
        var lastCame = ContinuousClock.now
        while !reader.isAtEnd {
            let reply = reader.read(timeout: .milliseconds(200)) { ($0.value ?? [], $0.timestamp) }
            if let (value, timestamp) = reply {
                audit.take(value, timestamp: timestamp)
                count += 1
                lastCame = .now
                progress(count)
                if !count.isMultiple(of: 1000) { continue }
            }
            try stop()
            guard .now - lastCame < Self.patience else {
                let cause = reader.takeErrors().last.map { ": \($0)" } ?? ""
                throw BenchFailure("\(repliesTopic) can't be read to its end\(cause); look at the brokers")
            }
        }
        return audit
    }
}
