import EventLoop
import Foundation
import TestSupport
import Testing

@testable import WeChat

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct CredentialInboxTests {
    private let account = CredentialName.account("wxa")
    private let authorized = CredentialEvent.authorizedByRefreshToken(
        component: "wxc", account: "wxa", refreshToken: "hush")
    private let unauthorized = CredentialEvent.unauthorized(component: "wxc", account: "wxa")

    @Test func takesInWhatCameBeforeItBeganAndWhatComesLater() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { _ in }
            try folder.drop(.ticket(component: "wxc", ticket: "hush"), as: "1.json")
            try await folder.withStore { store in
                #expect(try await store.read(.component("wxc")).ticket == "hush")
                try folder.drop(authorized, as: "2.json")
                await folder.look()
                #expect(try await store.read(account).refreshToken == "hush")
                #expect(folder.changes == [[account]])
                #expect(store.names == [.component("wxc"), account])
                #expect(
                    folder.reports == [
                        .tookIn(kind: "ticket", component: "wxc", account: nil, hasCounted: true),
                        .tookIn(kind: "authorized", component: "wxc", account: "wxa", hasCounted: true),
                    ])
                #expect(try folder.names(in: "inbox") == ["rejected"])
            }
        }
    }

    @Test func theOldestComesFirstThenTheFirstByName() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { store in
                try folder.drop(authorized, as: "a.json", secondsAgo: 5)
                try folder.drop(unauthorized, as: "b.json", secondsAgo: 10)
                await folder.look()
                #expect(try await store.read(account).isUnauthorized == false)
                let now = Date()
                for (event, file) in [(unauthorized, "d.json"), (authorized, "c.json")] {
                    try folder.write(String(decoding: event.json, as: UTF8.self), to: "inbox/" + file, at: now)
                }
                await folder.look()
                #expect(try await store.read(account).isUnauthorized)
            }
        }
    }

    @Test func aTicketThatStoodStillDoesNotReplaceANewerOne() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { store in
                // The store's clock stands in the past, and nothing comes later than now.
                let ago = Date().timeIntervalSince1970 - 1_767_225_600
                try folder.drop(.ticket(component: "wxc", ticket: "new"), as: "1.json", secondsAgo: ago + 100)
                await folder.look()
                try folder.drop(.ticket(component: "wxc", ticket: "old"), as: "2.json", secondsAgo: ago + 200)
                await folder.look()
                #expect(try await store.read(.component("wxc")).ticket == "new")
                #expect(
                    folder.reports.last == .tookIn(kind: "ticket", component: "wxc", account: nil, hasCounted: false))
                #expect(folder.changes.count == 1)
                #expect(try folder.names(in: "inbox") == ["rejected"])
            }
        }
    }

    @Test func takesAFloodInByAndBy() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { _ in }
            let inbox = try CredentialInbox(path: folder.inbox)
            for number in 0..<1030 {
                try folder.drop(.ticket(component: "wxc", ticket: "t\(number)"), as: "\(number).json")
            }
            let first = try inbox.look(at: SystemClock.shared.wallTime).files
            #expect(first.count == 1024)
            for file in first { #expect(inbox.remove(file) == nil) }
            #expect(try inbox.look(at: SystemClock.shared.wallTime).files.count == 6)
        }
    }

    @Test func leavesFilesThatAreNotReadyYet() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { store in
                for file in [".a.json", "b.tmp", "c.json.tmp", "d"] { try folder.drop(authorized, as: file) }
                await folder.look()
                #expect(try folder.names(in: "inbox") == [".a.json", "b.tmp", "c.json.tmp", "d", "rejected"])
                #expect(store.names.isEmpty && folder.reports.isEmpty)
            }
        }
    }

    @Test func movesWhatIsNoEventAwayAndSaysWhy() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { store in
                try folder.write(#"{"type":"ticket","component":"wxc","ticket":["hush"]}"#, to: "inbox/1.json")
                try folder.write(String(repeating: " ", count: 65_537), to: "inbox/2.json")
                try FileManager.default.createDirectory(
                    atPath: folder.inbox + "/3.json", withIntermediateDirectories: false)
                try folder.drop(authorized, as: "target")
                try FileManager.default.createSymbolicLink(
                    atPath: folder.inbox + "/4.json", withDestinationPath: folder.inbox + "/target")
                #expect(mkfifo(folder.inbox + "/5.json", 0o600) == 0)
                try folder.drop(authorized, as: "6.json")
                await folder.look()
                #expect(try await store.read(account).refreshToken == "hush")
                #expect(try folder.names(in: "inbox") == ["rejected", "target"])
                let rejected = (1...5).flatMap { ["\($0).json", "\($0).json.reason"] }
                #expect(try folder.names(in: "inbox/rejected") == rejected)
                let reason = try String(contentsOfFile: folder.inbox + "/rejected/1.json.reason", encoding: .utf8)
                #expect(reason == "ticket: a string was expected, but found an array\n")
                let told = folder.reports.filter { if case .rejectedFile = $0 { true } else { false } }
                #expect(told.count == 5)
                #expect(!"\(folder.reports)".contains("hush"))
                // Another one of the same name: both are kept.
                try folder.write("{}", to: "inbox/1.json")
                await folder.look()
                #expect(try folder.names(in: "inbox/rejected").contains("1.json.1.reason"))
            }
        }
    }

    /// The record is being refreshed: the event waits, and so does the next one of that record, but no other.
    @Test func eventsOfARecordInUseWaitInTheirOrder() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { store in
                let (begun, end) = (Waiter(), Waiter())
                let holder = LoopTask { [account] in
                    _ = try? await store.update(account, limit: .zero) { record in
                        begun.resume()
                        try? await end.wait(.waits, under: nil)
                        return record
                    }
                }
                try await begun.wait(.waits, under: nil)
                try folder.drop(authorized, as: "1.json", secondsAgo: 3)
                try folder.drop(unauthorized, as: "2.json", secondsAgo: 2)
                try folder.drop(.ticket(component: "wxc", ticket: "t"), as: "3.json", secondsAgo: 1)
                await folder.look()
                #expect(try folder.names(in: "inbox") == ["1.json", "2.json", "rejected"])
                end.resume()
                _ = try await holder.wait()
                await folder.look()
                #expect(try await store.read(account).isUnauthorized)
                #expect(try folder.names(in: "inbox") == ["rejected"])
            }
        }
    }

    @Test func anEventForADamagedRecordWaitsForItsRepair() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { store in
                try folder.write("{", to: "account-wxa.json")
                try folder.drop(authorized, as: "1.json")
                for _ in 0..<3 { await folder.look() }
                #expect(try folder.names(in: "inbox") == ["1.json", "rejected"])
                #expect(folder.reports.count == 2, "\(folder.reports)")
                try await store.remove(account)
                await folder.look()
                #expect(try await store.read(account).refreshToken == "hush")
            }
        }
    }

    @Test func twoStoresTakeEachFileInOnce() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { _ in
                let clock = ManualClock()
                try await folder.withStore(clock: clock) { _ in
                    for number in 0..<40 {
                        try folder.drop(
                            .authorizedByRefreshToken(component: "wxc", account: "wx\(number)", refreshToken: "r"),
                            as: "\(number).json")
                    }
                    // Both at the same time.
                    clock.advance(by: .seconds(1))
                    await folder.look()
                    await clock.waitForTimer()
                    // One may have left to the other what it was just taking in; that is gone by now.
                    let taken = folder.reports.filter { if case .tookIn = $0 { true } else { false } }
                    #expect(taken.count == 40)
                    #expect(try folder.names(in: "inbox") == ["rejected"])
                }
            }
        }
    }

    @Test func refusesAnInboxThatEverybodyMayWriteTo() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { _ in }
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.inbox)
            let error = await #expect(throws: CredentialStoreError.self) { try await folder.newStore().open() }
            #expect(error?.description.contains("chmod o-w") == true)
        }
    }
}
