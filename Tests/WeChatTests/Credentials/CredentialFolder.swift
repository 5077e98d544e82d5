import EventLoop
import Foundation
import TestSupport
import Testing

@testable import WeChat

/// A directory for credentials, and stores on it whose clock stands still.
@EventLoopActor
final class CredentialFolder {
    let path: String
    let clock = ManualClock()
    private(set) var reports: [CredentialStoreEvent] = []
    private(set) var changes: [Set<CredentialName>] = []

    private init() {
        path = FileManager.default.temporaryDirectory.appending(path: "credentials-\(UUID().uuidString)").path
    }

    /// Everything is gone afterwards.
    static func with(_ body: @EventLoopActor (CredentialFolder) async throws -> Void) async throws {
        let folder = CredentialFolder()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try await body(folder)
    }

    var inbox: String { path + "/inbox" }

    /// Not open yet. One whose clock is the system's can wait for a lock.
    func newStore(watchesInbox: Bool = true, clock: (any LoopClock)? = nil) -> FileCredentialStore {
        let store = FileCredentialStore(
            directory: path, inbox: watchesInbox ? inbox : nil, clock: clock ?? self.clock
        ) { self.reports.append($0) }
        store.onChange = { self.changes.append($0) }
        return store
    }

    /// An open store for as long as `body` takes.
    func withStore(
        watchesInbox: Bool = true, clock: (any LoopClock)? = nil,
        _ body: @EventLoopActor (FileCredentialStore) async throws -> Void
    ) async throws {
        let store = newStore(watchesInbox: watchesInbox, clock: clock)
        try await store.open()
        defer { store.close() }
        try await body(store)
    }

    /// Lets the store look at its directory and inbox, and waits for the end of that look.
    func look() async {
        await clock.advanceToNextTimer()
        // Set when the look has ended.
        await clock.waitForTimer()
    }

    func write(_ text: String, to name: String, secondsAgo: Double = 0) throws {
        try write(text, to: name, at: Date(timeIntervalSinceNow: -secondsAgo))
    }

    /// Written elsewhere, and renamed into its place.
    func write(_ text: String, to name: String, at time: Date) throws {
        let temporary = "\(path)/.in-the-making"
        try Data(text.utf8).write(to: URL(fileURLWithPath: temporary))
        try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: temporary)
        try #require(rename(temporary, "\(path)/\(name)") == 0)
    }

    func drop(_ event: CredentialEvent, as name: String, secondsAgo: Double = 0) throws {
        try write(String(decoding: event.json, as: UTF8.self), to: "inbox/" + name, secondsAgo: secondsAgo)
    }

    func names(in folder: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").sorted()
    }
}

extension CredentialStore {
    /// Sets the refresh token, and nothing else.
    @discardableResult
    func put(
        _ token: String, _ name: CredentialName, limit: Duration = .seconds(10)
    ) async throws(CredentialUpdateError) -> CredentialRecord {
        try await update(name, limit: limit) { record in
            var record = record
            record.refreshToken = token
            return record
        }
    }
}
