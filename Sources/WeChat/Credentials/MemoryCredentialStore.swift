package import EventLoop

/// Credentials that end with the process: for accounts whose tokens can be had again, and for tests. Takes in events if
/// it has an inbox, which should be its own: what it has taken in, nobody else gets.
@EventLoopActor
package final class MemoryCredentialStore: CredentialStore {
    private static let watchInterval = Duration.seconds(1)

    package var onChange: (@EventLoopActor (Set<CredentialName>) -> Void)?

    private var records: [CredentialName: CredentialRecord] = [:]
    private let inbox: CredentialInboxReader?
    private let clock: any LoopClock
    private let events: @EventLoopActor (CredentialStoreEvent) -> Void
    /// Records that an update holds, and who waits for them.
    private var held: Set<CredentialName> = []
    private var waiting: [CredentialName: [Waiter]] = [:]
    private var timer: LoopTimer?
    private var isClosed = false
    private var isLooking = false

    package init(
        inbox: String? = nil, clock: any LoopClock = SystemClock.shared,
        events: @escaping @EventLoopActor (CredentialStoreEvent) -> Void = { _ in }
    ) {
        self.inbox = inbox.map(CredentialInboxReader.init)
        self.clock = clock
        self.events = events
    }

    package var names: Set<CredentialName> { Set(records.keys) }

    package func open() async throws(CredentialStoreError) {
        guard let inbox else { return }
        isLooking = true
        defer { stopLooking() }
        do { try await inbox.open() } catch {
            close()
            throw error
        }
        _ = await takeIn(from: inbox)
        setTimer()
    }

    package func close() {
        guard !isClosed else { return }
        isClosed = true
        if let timer { clock.cancel(timer) }
        timer = nil
        for waiter in waiting.values.joined() { waiter.resume() }
        if !isLooking { inbox?.stop() }
    }

    package func read(_ name: CredentialName) async throws(CredentialStoreError) -> CredentialRecord {
        try checkOpen()
        return records[name] ?? CredentialRecord()
    }

    package func update(
        _ name: CredentialName, limit: Duration,
        unless isEnough: @EventLoopActor (CredentialRecord) throws(APIError) -> Bool,
        _ change: @EventLoopActor (CredentialRecord) async throws(APIError) -> CredentialRecord?
    ) async throws(CredentialUpdateError) -> CredentialRecord {
        do { try await hold(name, limit: limit) } catch { throw .store(error) }
        defer { release(name) }
        let before = records[name] ?? CredentialRecord()
        let changed: CredentialRecord?
        do { changed = try isEnough(before) ? nil : await change(before) } catch { throw .change(error) }
        guard let changed else { return before }
        records[name] = changed
        return changed
    }

    package func remove(_ name: CredentialName) async throws(CredentialStoreError) {
        try await hold(name, limit: .seconds(10))
        defer { release(name) }
        records[name] = nil
    }

    // MARK: One update at a time

    private func hold(_ name: CredentialName, limit: Duration) async throws(CredentialStoreError) {
        let deadline = clock.now + limit
        try checkOpen()
        while held.contains(name) {
            let rest = deadline - clock.now
            guard rest > .zero else {
                throw .busy("\(name) is being changed for longer than \(limit)")
            }
            let waiter = Waiter()
            waiting[name, default: []].append(waiter)
            let timer = clock.schedule(after: rest) { waiter.resume() }
            try? await waiter.wait(.waits, under: nil)
            clock.cancel(timer)
            try checkOpen()
        }
        held.insert(name)
    }

    private func release(_ name: CredentialName) {
        held.remove(name)
        // All of them: the first takes the record, the others wait again.
        for waiter in waiting.removeValue(forKey: name) ?? [] { waiter.resume() }
    }

    private func checkOpen() throws(CredentialStoreError) {
        if isClosed { throw .failed("the store of credentials is closed") }
    }

    // MARK: The inbox

    private func setTimer() {
        guard let inbox, !isClosed else { return }
        timer = clock.schedule(after: Self.watchInterval) { [weak self] in
            guard let self else { return }
            timer = nil
            EventLoopActor.startTask { [self] in await watch(inbox) }
        }
    }

    private func watch(_ inbox: CredentialInboxReader) async {
        guard !isClosed else { return }
        isLooking = true
        defer { stopLooking() }
        let changed = await takeIn(from: inbox)
        if !isClosed, !changed.isEmpty { onChange?(changed) }
        setTimer()
    }

    private func stopLooking() {
        isLooking = false
        if isClosed { inbox?.stop() }
    }

    private func takeIn(from inbox: CredentialInboxReader) async -> Set<CredentialName> {
        let look = await inbox.look(at: clock.wallTime)
        for report in look.reports { events(report) }
        var changed: Set<CredentialName> = []
        var later: Set<CredentialName> = []
        for file in look.files where !isClosed && !later.contains(file.event.name) {
            let name = file.event.name
            // Its update would overwrite what the event has changed. The record's later events wait for this one.
            guard !held.contains(name) else {
                later.insert(name)
                continue
            }
            var record = records[name] ?? CredentialRecord()
            let hasCounted = record.apply(file.event, at: file.receivedAt)
            if hasCounted {
                records[name] = record
                changed.insert(name)
            }
            events(.tookIn(file.event, hasCounted: hasCounted))
            if let report = await inbox.remove(file) { events(report) }
        }
        return changed
    }
}
