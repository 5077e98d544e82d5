import EventLoop
import Foundation
import TestSupport
import Testing

@testable import WeChat

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct MemoryCredentialStoreTests {
    private let name = CredentialName.account("wx1")
    private let clock = ManualClock()

    @Test func keepsRecordsUntilTheyAreRemoved() async throws {
        let store = MemoryCredentialStore(clock: clock)
        try await store.open()
        #expect(try await store.read(name) == CredentialRecord())
        try await store.put("r", name)
        #expect(try await store.read(.account("WX1")).refreshToken == "r")
        #expect(store.names == [name])
        let unchanged = try await store.update(name, limit: .zero) { _ in nil }
        #expect(unchanged.refreshToken == "r")
        try await store.remove(name)
        #expect(store.names.isEmpty)
        #expect(clock.pendingDelays.isEmpty)
        store.close()
        await #expect(throws: CredentialStoreError.self) { try await store.read(name) }
    }

    @Test func oneUpdateOfARecordAtATime() async throws {
        let store = MemoryCredentialStore(clock: clock)
        let tasks = (0..<20).map { number in
            LoopTask { [name] in
                _ = try? await store.update(name, limit: .seconds(1)) { record in
                    var record = record
                    let before = record.refreshToken ?? ""
                    await Task.yield()
                    record.refreshToken = before + "x"
                    return record
                }
            }
        }
        for task in tasks { _ = try await task.wait() }
        #expect(try await store.read(name).refreshToken == String(repeating: "x", count: 20))
    }

    @Test func anUpdateWaitsUpToItsLimitAndNotBeyondClosing() async throws {
        let store = MemoryCredentialStore(clock: clock)
        let end = Waiter()
        LoopTask { [name] in
            _ = try? await store.update(name, limit: .zero) { _ in
                try? await end.wait(.waits, under: nil)
                return nil
            }
        }
        await runUntilIdle()
        let (short, long) = (waiting(store, limit: .seconds(1)), waiting(store, limit: .seconds(9)))
        await runUntilIdle()
        clock.advance(by: .seconds(1))
        #expect(try await short.outcome() == .store(.busy("account wx1 is being changed for longer than 1.0 seconds")))
        #expect(long.value == nil)
        store.close()
        #expect(try await long.outcome() == .store(.failed("the store of credentials is closed")))
        end.resume()
        await runUntilIdle()
        #expect(clock.pendingDelays.isEmpty)
    }

    private func waiting(_ store: MemoryCredentialStore, limit: Duration) -> LoopTask<CredentialUpdateError?> {
        LoopTask { [name] in
            do throws(CredentialUpdateError) {
                _ = try await store.put("x", name, limit: limit)
                return nil
            } catch { return error }
        }
    }

    @Test func takesInEventsIfItHasAnInbox() async throws {
        try await CredentialFolder.with { folder in
            try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: false)
            var reports: [CredentialStoreEvent] = []
            var changes: [Set<CredentialName>] = []
            let store = MemoryCredentialStore(inbox: folder.inbox, clock: folder.clock) { reports.append($0) }
            store.onChange = { changes.append($0) }
            try await store.open()
            defer { store.close() }
            try folder.drop(.ticket(component: "wxc", ticket: "t"), as: "1.json")
            try folder.write("{}", to: "inbox/2.json")
            await folder.look()
            #expect(try await store.read(.component("wxc")).ticket == "t")
            #expect(changes == [[.component("wxc")]])
            #expect(reports.count == 2)
            #expect(try folder.names(in: "inbox") == ["rejected"])
            #expect(try folder.names(in: "inbox/rejected") == ["2.json", "2.json.reason"])
        }
    }
}
