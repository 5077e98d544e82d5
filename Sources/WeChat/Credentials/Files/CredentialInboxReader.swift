internal import EventLoop

/// The inbox of a store that has no files of its own, on a thread that may block.
actor CredentialInboxReader {
    private nonisolated let thread = BlockingThread(name: "credentials")
    private let path: String
    private var inbox: CredentialInbox?
    private var failures = RepeatedFailures()

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(path: String) { self.path = path }

    func open() throws(CredentialStoreError) { inbox = try CredentialInbox(path: path) }

    /// Lets the thread end. No call may follow.
    nonisolated func stop() { thread.stop() }

    func look(at now: WallTime) -> CredentialInbox.Look {
        var look = CredentialInbox.Look()
        var problems: [String] = []
        do throws(CredentialStoreError) { look = try inbox?.look(at: now) ?? look } catch {
            problems.append(error.description)
        }
        problems += look.problems
        look.reports += failures.new(among: problems).map { .watchFailed(reason: $0) }
        return look
    }

    func remove(_ file: CredentialInbox.File) -> CredentialStoreEvent? { inbox?.remove(file) }
}
