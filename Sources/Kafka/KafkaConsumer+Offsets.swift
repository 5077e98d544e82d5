internal import CRdKafka
package import EventLoop

extension KafkaConsumer {
    /// For a thread that may block, as long as the consumer is not destroyed.
    package var committedOffsets: KafkaCommittedOffsets { KafkaCommittedOffsets(client: client) }

    /// To be used on a thread that may block, and not after the consumer's remains are destroyed.
    package var leaders: KafkaLeaders { KafkaLeaders(client: client) }

    /// Commits `offsets` as the member that the consumer is now, outside any transaction.
    /// - Returns: why they are not committed; nil if they are.
    package func commit(
        _ offsets: [KafkaOffset], under interruption: Interruption?
    ) async throws(Interrupted) -> KafkaError? {
        let request = CommitRequest()
        lastCommit += 1
        let number = lastCommit
        commits[number] = request
        defer { commits[number] = nil }
        let list = RDKafkaTopicPartitionList(offsets)
        list.withPointer { pointer in
            // The answer is an event of the control queue.
            _ = rd_kafka_commit_queue(
                client, pointer, control.pointer, nil, UnsafeMutableRawPointer(bitPattern: number))
        }
        try await request.waiter.wait(.waits, under: interruption)
        return request.error
    }
}

/// A commit under way; answered by an event.
@EventLoopActor
final class CommitRequest {
    let waiter = Waiter()
    private(set) var error: KafkaError?

    func answered(_ error: KafkaError?) {
        self.error = error
        waiter.resume()
    }
}
