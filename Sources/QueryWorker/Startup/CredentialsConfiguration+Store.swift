internal import EventLoop
internal import Kafka
internal import WeChat

extension CredentialsConfiguration {
    /// The store that these keys name; not open yet.
    /// - Parameters:
    ///   - takesIn: whether it takes in what lies in the inbox, and refreshes, as a worker does.
    ///   - kafka: of the topic; nil where that is not used.
    @EventLoopActor
    func makeStore(
        takesIn: Bool = true, kafka: KafkaCredentialStore.Access?, clock: any LoopClock,
        events: @escaping @EventLoopActor (CredentialStoreEvent) -> Void
    ) -> any CredentialStore {
        let inbox = takesIn ? inbox : nil
        // The configuration is refused where `file` comes without a directory, and `kafka` without keys.
        if store == .kafka, let topic, let keyFile, let kafka {
            return KafkaCredentialStore(
                topic: topic, keyFile: keyFile, isReader: !takesIn, kafka, clock: clock, events: events)
        }
        guard store == .file, let directory else {
            return MemoryCredentialStore(inbox: inbox, clock: clock, events: events)
        }
        return FileCredentialStore(directory: directory, inbox: inbox, clock: clock, events: events)
    }
}
