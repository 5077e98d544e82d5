internal import EventLoop

/// All file operations of a `FileCredentialStore`, on a thread of their own, since disks block.
actor CredentialFiles {
    /// What a look at directory and inbox brought.
    struct Sweep: Sendable {
        var names: Set<CredentialName> = []
        /// By another process, or by an event.
        var changed: Set<CredentialName> = []
        var reports: [CredentialStoreEvent] = []
    }

    private nonisolated let thread = BlockingThread(name: "credentials")
    private let path: String
    private let inboxPath: String?
    private var directory: CredentialDirectory?
    private var inbox: CredentialInbox?
    /// The states that were seen, or made, last.
    private var known: [CredentialName: FileStamp] = [:]
    private var failures = RepeatedFailures()

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(directory path: String, inbox inboxPath: String?) {
        self.path = path
        self.inboxPath = inboxPath
    }

    /// The first call.
    func open(now: WallTime) throws(CredentialStoreError) -> Sweep {
        let directory = try CredentialDirectory(path: path)
        if let inboxPath { inbox = try CredentialInbox(path: inboxPath) }
        directory.removeLeftovers()
        self.directory = directory
        return sweep(now: now)
    }

    /// Lets the thread end. No call may follow.
    nonisolated func stop() { thread.stop() }

    func read(_ name: CredentialName) throws(CredentialStoreError) -> CredentialRecord { try opened.read(name) }

    /// - Returns: nil if another process has it, or another update of this one.
    func lock(_ name: CredentialName) throws(CredentialStoreError) -> CredentialLock? { try opened.lock(name) }

    func release(_ lock: CredentialLock) { lock.release() }

    /// Called with the record's lock held.
    func write(_ record: CredentialRecord, _ name: CredentialName) throws(CredentialStoreError) {
        known[name] = try opened.write(record, name)
    }

    /// Called with the record's lock held.
    func remove(_ name: CredentialName) throws(CredentialStoreError) {
        try opened.remove(name)
        known[name] = nil
    }

    private var opened: CredentialDirectory {
        get throws(CredentialStoreError) {
            guard let directory else { throw .failed("the store of credentials is not open") }
            return directory
        }
    }

    // MARK: Looking

    /// Takes in what is in the inbox, and finds what has changed.
    func sweep(now: WallTime) -> Sweep {
        var sweep = Sweep()
        var problems: [String] = []
        do throws(CredentialStoreError) { try takeIn(now: now, &sweep, &problems) } catch {
            problems.append(error.description)
        }
        do throws(CredentialStoreError) { try lookForChanges(&sweep) } catch { problems.append(error.description) }
        sweep.names = Set(known.keys)
        sweep.reports += failures.new(among: problems).map { .watchFailed(reason: $0) }
        return sweep
    }

    private func lookForChanges(_ sweep: inout Sweep) throws(CredentialStoreError) {
        let directory = try opened
        let stamps = try directory.stamps()
        let changed = Set(stamps.keys).union(known.keys).filter { stamps[$0] != known[$0] }
        known = stamps
        sweep.changed.formUnion(changed)
        for name in changed {
            do { _ = try directory.read(name) } catch {
                guard case .damaged(let reason) = error else { continue }
                sweep.reports.append(.damagedRecord(file: directory.fileName(of: name), reason: reason))
            }
        }
    }

    private func takeIn(
        now: WallTime, _ sweep: inout Sweep, _ problems: inout [String]
    ) throws(CredentialStoreError) {
        guard let inbox else { return }
        let look = try inbox.look(at: now)
        sweep.reports += look.reports
        problems += look.problems
        // A later event of a record waits for an earlier one: an authorisation that was taken back must stay so.
        var waiting: Set<CredentialName> = []
        for file in look.files where !waiting.contains(file.event.name) {
            do throws(CredentialStoreError) {
                let isDone = try takeIn(file, from: inbox, &sweep)
                if !isDone { waiting.insert(file.event.name) }
            } catch {
                waiting.insert(file.event.name)
                problems.append("\(file.name) of the inbox has to wait: \(error)")
            }
        }
    }

    /// In the record's lock from the first look to the file's removal: of two processes that see the same file, only one
    /// finds it there.
    ///
    /// - Returns: false if somebody else holds the record now.
    private func takeIn(
        _ file: CredentialInbox.File, from inbox: CredentialInbox, _ sweep: inout Sweep
    ) throws(CredentialStoreError) -> Bool {
        let (name, directory) = (file.event.name, try opened)
        guard let lock = try directory.lock(name) else { return false }
        defer { lock.release() }
        guard inbox.isThere(file) else { return true }
        var record = try directory.read(name)
        let hasCounted = record.apply(file.event, at: file.receivedAt)
        if hasCounted {
            known[name] = try directory.write(record, name)
            sweep.changed.insert(name)
        }
        sweep.reports.append(.tookIn(file.event, hasCounted: hasCounted))
        if let report = inbox.remove(file) { sweep.reports.append(report) }
        return true
    }
}

/// Keeps what goes wrong every second from being told every second.
struct RepeatedFailures {
    private var last: Set<String> = []

    /// Those that the last look had not. Called once a look.
    mutating func new(among problems: [String]) -> [String] {
        defer { last = Set(problems) }
        return problems.filter { !last.contains($0) }
    }
}
