internal import Kafka
internal import QueryWorker
internal import TestSupport
internal import Testing

extension TestTopics {
    /// As a worker would have written it, of a job that is good by now.
    /// - Parameter partition: of both topics.
    func deadLetter(_ number: Int, partition: Int32, reason: String = "no id", timestamp: Int64 = 0) -> KafkaRecord {
        let job = job(number)
        var letter = DeadLetter.record(
            to: deadLetters, key: job.key, value: job.value, headers: [KafkaHeader("trace", "\(number)")],
            source: JobSource(topic: jobs, partition: partition, offset: Int64(number)), timestamp: timestamp,
            reason: reason)
        letter.partition = partition
        return letter
    }

    /// Runs `query-worker replay` to its end.
    func replay(_ arguments: String...) async throws -> (status: Int32, output: [String], errors: [String]) {
        try await replay(arguments)
    }

    func replay(_ arguments: [String]) async throws -> (status: Int32, output: [String], errors: [String]) {
        try await withChildProcess(.product("query-worker"), arguments: replayArguments(arguments)) { process in
            let status = try await process.waitForExit()
            return (status, process.lines(of: .standardOutput), process.lines(of: .standardError))
        }
    }

    func replayArguments(_ arguments: [String]) -> [String] {
        let settings = ["kafka.bootstrap.servers=\(workerBootstrap)", "kafka.group.id=\(group)", "jobs.topic=\(jobs)"]
        return ["replay"] + settings.flatMap { ["--set", $0] } + arguments
    }

    /// Starts a run, and hands it over when it has written its first records.
    func withReplayUnderWay<Result: Sendable>(
        _ body: (ChildProcess) async throws -> Result
    ) async throws -> Result {
        // Else the end of what a killed run has left open would look like a beginning.
        #expect(try await replay("--limit", "1").status == 0)
        let before = try await endOffset(of: jobs)
        return try await withChildProcess(.product("query-worker"), arguments: replayArguments([])) { process in
            try await waitForEnd(of: jobs, beyond: before)
            return try await body(process)
        }
    }

    /// What replays have committed for the only partition.
    func replayMemory() async throws -> KafkaOffset? {
        try await onOwnThread { [self] in
            let partition = KafkaTopicPartition(topic: deadLetters, partition: 0)
            return try admin().committedOffsets(of: group + "-replay", partitions: [partition]).first
        }
    }

    func allJobs() async throws -> [StoredRecord] { try await allRecords(in: jobs) { StoredRecord($0) } }
}
