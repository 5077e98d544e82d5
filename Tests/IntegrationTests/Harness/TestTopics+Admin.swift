internal import Glibc
internal import Kafka
internal import QueryWorker

extension TestTopics {
    func admin() throws -> KafkaAdmin { try KafkaAdmin(properties: ["bootstrap.servers": bootstrap]) }

    /// Committed records of all partitions, markers of transactions included.
    func endOffset(of topic: String) async throws -> Int {
        try await onOwnThread { [self] in
            let admin = try admin()
            return try (0..<partitions).reduce(0) { sum, partition in
                let topicPartition = KafkaTopicPartition(topic: topic, partition: Int32(partition))
                return sum + Int(try admin.offsets(of: topicPartition, timeout: .seconds(10)).end)
            }
        }
    }

    /// Waits until `endOffset(of:)` is larger than that.
    func waitForEnd(of topic: String, beyond end: Int) async throws {
        try await onOwnThread { [self] in
            let admin = try admin()
            let limit = ContinuousClock.now + .seconds(30)
            while .now < limit {
                let ends = try (0..<Int32(partitions)).map {
                    try admin.offsets(of: KafkaTopicPartition(topic: topic, partition: $0), timeout: .seconds(10)).end
                }
                if ends.reduce(0, +) > end { return }
                usleep(1_000)
            }
            throw NotCommitted(end: Int64(end) + 1)
        }
    }

    /// Consumers that are members of the group now, by default of the one that does the jobs.
    func memberCount(of other: String? = nil) async throws -> Int {
        try await onOwnThread { [self] in try admin().memberCount(of: other ?? group) }
    }

    /// The only one, for tests with one partition.
    var jobPartition: KafkaTopicPartition { KafkaTopicPartition(topic: jobs, partition: 0) }

    /// What the group has committed for all partitions of the job topic.
    func committedOffsets() async throws -> [KafkaOffset] {
        try await onOwnThread { [self] in
            let names = (0..<Int32(partitions)).map { KafkaTopicPartition(topic: jobs, partition: $0) }
            return try admin().committedOffsets(of: group, partitions: names)
        }
    }

    /// Waits until the only partition's commit says that all before `end` was delivered.
    func waitForCommit(ofEnd end: Int64) async throws {
        try await onOwnThread { [self] in
            let admin = try admin()
            let limit = ContinuousClock.now + .seconds(30)
            while .now < limit {
                let committed = try admin.committedOffsets(of: group, partitions: [jobPartition]).first
                let map = try committed?.offset.map {
                    try LedgerMap(decoding: committed?.metadata ?? "", watermark: $0)
                }
                if map?.end == end { return }
                usleep(50_000)
            }
            throw NotCommitted(end: end)
        }
    }

    struct NotCommitted: Error {
        let end: Int64
    }

    func makeJobsTopicAnew() async throws {
        try await onOwnThread { [self] in
            let admin = try admin()
            try admin.deleteTopic(jobs)
            while try admin.partitionCount(of: jobs, timeout: .seconds(10)) != nil { usleep(10_000) }
            try admin.createTopic(jobs, partitions: Int32(partitions))
            while try admin.partitionCount(of: jobs, timeout: .seconds(10)) != partitions { usleep(10_000) }
        }
    }
}
