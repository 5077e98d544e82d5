internal import CRdKafka
package import EventLoop

// Offsets that the group keeps, read and committed without blocking: answers come as events of the control queue.
extension KafkaConsumer {
    /// What the group has committed for `partitions`, with its metadata. Only stable offsets: while the transaction of
    /// a former owner is open, the answer is `unstableOffsetCommit`, and the caller asks again.
    package func committedOffsets(
        of partitions: [KafkaTopicPartition], under interruption: Interruption?
    ) async throws(Interrupted) -> Result<[KafkaOffset], KafkaError> {
        try await ask(under: interruption) { number in requestCommittedOffsets(of: partitions, number: number) }
    }

    /// Commits `offsets` as the member that the consumer is now, outside any transaction.
    /// - Returns: why they are not committed; nil if they are.
    package func commit(
        _ offsets: [KafkaOffset], under interruption: Interruption?
    ) async throws(Interrupted) -> KafkaError? {
        let answer = try await ask(under: interruption) { number in
            let list = RDKafkaTopicPartitionList(offsets)
            list.withPointer { pointer in
                _ = rd_kafka_commit_queue(
                    client, pointer, control.pointer, nil, UnsafeMutableRawPointer(bitPattern: number))
            }
        }
        if case .failure(let error) = answer { return error }
        return nil
    }

    private func ask(
        under interruption: Interruption?, _ send: (_ number: Int) -> Void
    ) async throws(Interrupted) -> Result<[KafkaOffset], KafkaError> {
        let request = OffsetsRequest()
        lastRequest += 1
        let number = lastRequest
        requests[number] = request
        defer { requests[number] = nil }
        send(number)
        try await request.waiter.wait(.waits, under: interruption)
        return request.answer
    }

    private func requestCommittedOffsets(of partitions: [KafkaTopicPartition], number: Int) {
        let options = rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS)
        defer { rd_kafka_AdminOptions_destroy(options) }
        let text = CText(size: 128)
        rd_kafka_AdminOptions_set_request_timeout(options, 10_000, text.start, text.size)
        if let error = rd_kafka_AdminOptions_set_require_stable_offsets(options, 1) { rd_kafka_error_destroy(error) }
        rd_kafka_AdminOptions_set_opaque(options, UnsafeMutableRawPointer(bitPattern: number))
        let list = RDKafkaTopicPartitionList(partitions)
        list.withPointer { pointer in
            var request = rd_kafka_ListConsumerGroupOffsets_new(groupID, pointer)
            rd_kafka_ListConsumerGroupOffsets(client, &request, 1, options, control.pointer)
            rd_kafka_ListConsumerGroupOffsets_destroy(request)
        }
    }

    static func committedOffsets(of event: borrowing RDKafkaEvent) -> Result<[KafkaOffset], KafkaError> {
        do throws(KafkaError) {
            let entries = try event.committedOffsets()
            if let error = entries.lazy.compactMap(\.error).first { return .failure(error) }
            return .success(entries.map(\.offset))
        } catch {
            return .failure(error)
        }
    }
}

/// A question about offsets; answered by an event.
@EventLoopActor
final class OffsetsRequest {
    let waiter = Waiter()
    private(set) var answer = Result<[KafkaOffset], KafkaError>.success([])

    func answered(_ answer: Result<[KafkaOffset], KafkaError>) {
        self.answer = answer
        waiter.resume()
    }
}
