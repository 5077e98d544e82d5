internal import EventLoop
internal import Kafka
internal import WeChat

// What the other instances do: they ask the refresher, and wait.
extension KafkaCredentialStore {
    /// What an update has asked for.
    struct Question {
        /// Of the token that is not good enough; 0 if there is none.
        let generation: Int
        /// An answer lies behind it.
        let after: Int64

        func answer(in state: CredentialTopicState) -> APIFailure? {
            guard let answer = state.request, answer.offset > after, answer.generation == generation else { return nil }
            return answer.reason.map(CredentialAnswer.failure)
        }
    }

    /// A request that another instance has made is as good as one's own, for so long.
    private static let requestAge = Duration.seconds(3)

    func ask(_ name: CredentialName, _ state: CredentialTopicState) -> Question {
        let question = Question(generation: state.currentGeneration, after: state.request?.offset ?? -1)
        let isRecent = requestedAt[name].map { clock.now - $0 < Self.requestAge } ?? false
        if !(state.isWanted && isRecent) {
            publish(
                .rejected(name, generation: question.generation, instance: settings.instance, reason: nil))
        }
        return question
    }

    func publish(_ record: CredentialTopicRecord) {
        // Only the last of a key counts.
        outbox.removeAll { $0.key == record.key }
        outbox.append(record)
        guard !isPublishing else { return }
        isPublishing = true
        EventLoopActor.startTask { [self] in
            await publishOutbox()
            isPublishing = false
        }
    }

    private func publishOutbox() async {
        while !outbox.isEmpty, phase == .open, let keys = keyFile.keys {
            let batch = outbox
            outbox = []
            let records = batch.compactMap { record in
                (try? record.encode(sealedWith: keys)).map {
                    KafkaRecord(topic: settings.topic, partition: 0, key: record.key.bytes, value: $0)
                }
            }
            // Not tried again here: who waits in vain asks again, later and later.
            if case .failure(let error) = await publisher.publish(records) { waitsForBrokers("\(error)") }
        }
    }
}
