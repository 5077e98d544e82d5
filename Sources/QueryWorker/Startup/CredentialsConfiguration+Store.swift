package import EventLoop
package import WeChat

extension CredentialsConfiguration {
    /// The store that these keys name; not open yet.
    /// - Parameter takesIn: whether it takes in what lies in the inbox, as a worker does.
    @EventLoopActor
    package func makeStore(
        takesIn: Bool = true, clock: any LoopClock, events: @escaping @EventLoopActor (CredentialStoreEvent) -> Void
    ) -> any CredentialStore {
        let inbox = takesIn ? inbox : nil
        // The configuration is refused where `file` comes without a directory.
        guard store == .file, let directory else {
            return MemoryCredentialStore(inbox: inbox, clock: clock, events: events)
        }
        return FileCredentialStore(directory: directory, inbox: inbox, clock: clock, events: events)
    }
}
