import EventLoop

@testable import WeChat

/// A credential store in memory, whose changes by other hands the test makes. One at a time changes a record.
@EventLoopActor
final class FakeCredentialStore: CredentialStore {
    private(set) var records: [CredentialName: CredentialRecord] = [:]
    private(set) var openings = 0
    /// The names of records that updates have changed, in order.
    private(set) var changes: [CredentialName] = []
    var failure: CredentialStoreError?
    var isChangedElsewhere = false
    /// While not nil, updates wait.
    var gate: Waiter?
    var onChange: (@EventLoopActor (Set<CredentialName>) -> Void)?
    private var locked: [CredentialName: [Waiter]] = [:]

    nonisolated init() {}

    subscript(name: CredentialName) -> CredentialRecord { records[name] ?? CredentialRecord() }

    /// Somebody else's change.
    func change(_ name: CredentialName, _ change: (inout CredentialRecord) -> Void) {
        change(&records[name, default: CredentialRecord()])
        onChange?([name])
    }

    var names: Set<CredentialName> { Set(records.keys) }

    func open() async throws(CredentialStoreError) {
        openings += 1
        if let failure { throw failure }
    }

    func close() {}

    func read(_ name: CredentialName) async throws(CredentialStoreError) -> CredentialRecord {
        await Task.yield()
        return self[name]
    }

    func update(
        _ name: CredentialName, limit: Duration,
        unless isEnough: @EventLoopActor (CredentialRecord) throws(APIError) -> Bool,
        _ change: @EventLoopActor (CredentialRecord) async throws(APIError) -> CredentialRecord?
    ) async throws(CredentialUpdateError) -> CredentialRecord {
        if let failure { throw .store(failure) }
        while locked[name] != nil {
            let waiter = Waiter()
            locked[name]?.append(waiter)
            try? await waiter.wait(.everything, under: nil)
        }
        locked[name] = []
        defer {
            for waiter in locked.removeValue(forKey: name) ?? [] { waiter.resume() }
        }
        if let gate { try? await gate.wait(.everything, under: nil) }
        do {
            if try !isEnough(self[name]), let changed = try await change(self[name]) {
                records[name] = changed
                changes.append(name)
            }
        } catch { throw .change(error) }
        return self[name]
    }

    func remove(_ name: CredentialName) async throws(CredentialStoreError) { records[name] = nil }
}
