import EventLoop
import Foundation
import TestSupport
import Testing

@testable import WeChat

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct CredentialWatchTests {
    private let name = CredentialName.account("wx1")

    @Test func tellsWhatOthersHaveChangedAndNotWhatItHasItself() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { store in
                // Another process; its own clock never moves.
                let other = FileCredentialStore(directory: folder.path, inbox: nil, clock: ManualClock()) { _ in }
                try await other.open()
                defer { other.close() }
                try await store.put("own", name)
                await folder.look()
                #expect(folder.changes.isEmpty)
                try await other.put("others", name)
                try await other.put("others", .account("wx2"))
                await folder.look()
                #expect(folder.changes == [[name, .account("wx2")]])
                #expect(store.names == [name, .account("wx2")])
                await folder.look()
                #expect(folder.changes.count == 1)
                try await other.remove(name)
                await folder.look()
                #expect(folder.changes.count == 2 && folder.changes.last == [name])
                #expect(store.names == [.account("wx2")])
            }
        }
    }

    @Test func tellsOnceThatItCannotLook() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { store in
                try await store.put("r", name)
                try FileManager.default.removeItem(atPath: folder.path)
                for _ in 0..<3 { await folder.look() }
                #expect(
                    folder.reports
                        == [folder.inbox, folder.path].map {
                            .watchFailed(reason: "cannot look through \($0): No such file or directory")
                        })
                #expect(store.names == [name], "what can't be seen is not gone")
                await #expect(throws: CredentialUpdateError.self) { try await store.put("s", name) }
            }
        }
    }
}
