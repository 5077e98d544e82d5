package import EventLoop

/// Credentials in files of one directory, which all instances of a host share. See `CredentialDirectory` for what is
/// where.
///
/// Life: `open`, then a look at directory and inbox once a second, until `close`. The loop only decides and waits; the
/// files are another thread's.
@EventLoopActor
package final class FileCredentialStore: CredentialStore {
    /// How often a lock is tried that another process holds: `flock` tells nobody when it becomes free.
    private static let lockInterval = Duration.milliseconds(20)
    private static let watchInterval = Duration.seconds(1)
    private static let removalLimit = Duration.seconds(10)

    private enum State {
        case new
        case open
        case closed
    }

    package private(set) var names: Set<CredentialName> = []
    package var onChange: (@EventLoopActor (Set<CredentialName>) -> Void)?

    private let files: CredentialFiles
    private let clock: any LoopClock
    private let events: @EventLoopActor (CredentialStoreEvent) -> Void
    private var state = State.new
    /// Calls under way, which still need the thread.
    private var calls = 0
    private var waiting: [ObjectIdentifier: Waiter] = [:]
    private var timer: LoopTimer?

    /// - Parameters:
    ///   - directory: made by `open` if there is none.
    ///   - inbox: the same; nil: nothing is taken in.
    package init(
        directory: String, inbox: String?, clock: any LoopClock = SystemClock.shared,
        events: @escaping @EventLoopActor (CredentialStoreEvent) -> Void
    ) {
        files = CredentialFiles(directory: directory, inbox: inbox)
        self.clock = clock
        self.events = events
    }

    package func open() async throws(CredentialStoreError) {
        precondition(state == .new, "a store of credentials is opened once")
        state = .open
        try begin()
        defer { end() }
        let sweep: CredentialFiles.Sweep
        do { sweep = try await files.open(now: clock.wallTime) } catch {
            close()
            throw error
        }
        names = sweep.names
        for report in sweep.reports { events(report) }
        if state == .open { setTimer() }
    }

    package func close() {
        guard state != .closed else { return }
        state = .closed
        if let timer { clock.cancel(timer) }
        timer = nil
        for waiter in waiting.values { waiter.resume() }
        if calls == 0 { files.stop() }
    }

    package func read(_ name: CredentialName) async throws(CredentialStoreError) -> CredentialRecord {
        try begin()
        defer { end() }
        return try await files.read(name)
    }

    package func update(
        _ name: CredentialName, limit: Duration,
        unless isEnough: @EventLoopActor (CredentialRecord) throws(APIError) -> Bool,
        _ change: @EventLoopActor (CredentialRecord) async throws(APIError) -> CredentialRecord?
    ) async throws(CredentialUpdateError) -> CredentialRecord {
        let lock: CredentialLock
        do {
            try begin()
        } catch { throw .store(error) }
        defer { end() }
        do { lock = try await self.lock(name, limit: limit) } catch { throw .store(error) }
        let record: CredentialRecord
        do throws(CredentialUpdateError) { record = try await updateLocked(name, isEnough, change) } catch {
            await files.release(lock)
            throw error
        }
        await files.release(lock)
        return record
    }

    package func remove(_ name: CredentialName) async throws(CredentialStoreError) {
        try begin()
        defer { end() }
        let lock = try await lock(name, limit: Self.removalLimit)
        do throws(CredentialStoreError) { try await files.remove(name) } catch {
            await files.release(lock)
            throw error
        }
        await files.release(lock)
        names.remove(name)
    }

    // MARK: Changing

    private func updateLocked(
        _ name: CredentialName, _ isEnough: @EventLoopActor (CredentialRecord) throws(APIError) -> Bool,
        _ change: @EventLoopActor (CredentialRecord) async throws(APIError) -> CredentialRecord?
    ) async throws(CredentialUpdateError) -> CredentialRecord {
        let before: CredentialRecord
        do { before = try await files.read(name) } catch { throw .store(error) }
        // Another process may have made it since the last look.
        if before != CredentialRecord() { names.insert(name) }
        let changed: CredentialRecord?
        do { changed = try isEnough(before) ? nil : await change(before) } catch { throw .change(error) }
        guard let changed else { return before }
        do { try await files.write(changed, name) } catch { throw .store(error) }
        names.insert(name)
        return changed
    }

    private func lock(_ name: CredentialName, limit: Duration) async throws(CredentialStoreError) -> CredentialLock {
        let deadline = clock.now + limit
        while true {
            if let lock = try await files.lock(name) {
                if state == .open { return lock }
                await files.release(lock)
            }
            if state == .closed { throw Self.closed }
            let rest = deadline - clock.now
            guard rest > .zero else {
                throw .busy("\(name) is being changed by another process for longer than \(limit)")
            }
            await pause(for: min(rest, Self.lockInterval))
        }
    }

    private func pause(for delay: Duration) async {
        let waiter = Waiter()
        waiting[ObjectIdentifier(waiter)] = waiter
        let timer = clock.schedule(after: delay) { waiter.resume() }
        // Nothing interrupts it but close().
        try? await waiter.wait(.waits, under: nil)
        clock.cancel(timer)
        waiting[ObjectIdentifier(waiter)] = nil
    }

    // MARK: Life

    private static var closed: CredentialStoreError { .failed("the store of credentials is closed") }

    private func begin() throws(CredentialStoreError) {
        switch state {
        case .new: throw .failed("the store of credentials is not open yet")
        case .closed: throw Self.closed
        case .open: calls += 1
        }
    }

    private func end() {
        calls -= 1
        if calls == 0, state == .closed { files.stop() }
    }

    // MARK: Watching

    private func setTimer() {
        timer = clock.schedule(after: Self.watchInterval) { [weak self] in
            guard let self else { return }
            timer = nil
            EventLoopActor.startTask { [self] in await watch() }
        }
    }

    private func watch() async {
        guard (try? begin()) != nil else { return }
        defer { end() }
        let sweep = await files.sweep(now: clock.wallTime)
        guard state == .open else { return }
        names = sweep.names
        for report in sweep.reports { events(report) }
        if !sweep.changed.isEmpty { onChange?(sweep.changed) }
        if state == .open { setTimer() }
    }
}
