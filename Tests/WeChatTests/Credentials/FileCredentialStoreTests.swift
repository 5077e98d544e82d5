import EventLoop
import Foundation
import TestSupport
import Testing

@testable import WeChat

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct FileCredentialStoreTests {
    private let name = CredentialName.account("wx1")

    @Test func keepsARecordBeyondTheStoresLife() async throws {
        try await CredentialFolder.with { folder in
            let record = CredentialRecordJSONTests.full
            try await folder.withStore { store in
                #expect(try await store.read(name) == CredentialRecord())
                let returned = try await store.update(name, limit: .zero) { _ in record }
                #expect(returned == record)
                #expect(store.names == [name])
            }
            try await folder.withStore { store in
                #expect(store.names == [name])
                #expect(try await store.read(.account("WX1")) == record)
                try await store.remove(name)
                #expect(store.names.isEmpty)
                #expect(try await store.read(name) == CredentialRecord())
            }
        }
    }

    /// Two instances read WeChat's list of merchants: who finds that the other has stored one knows it from then on.
    @Test func knowsARecordThatAnUpdateFoundBeforeTheNextLook() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { store in
                try await folder.withStore { other in try await other.put("r", name) }
                #expect(store.names.isEmpty)
                _ = try await store.update(name, limit: .seconds(10)) { _ in nil }
                #expect(store.names == [name])
            }
        }
    }

    @Test func nobodyElseCanReadWhatItWrites() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { store in try await store.put("r", name) }
            for (path, mode) in [
                ("", 0o700), ("inbox", 0o700), ("account-wx1.json", 0o600), (".account-wx1.lock", 0o600),
            ] {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(path)")
                #expect(attributes[.posixPermissions] as? Int == mode, "\(path)")
            }
            #expect(try folder.names() == [".account-wx1.lock", "account-wx1.json", "inbox"])
        }
    }

    @Test(arguments: [0o770, 0o702])
    func refusesADirectoryThatOthersMayWriteTo(mode: Int) async throws {
        try await CredentialFolder.with { folder in
            try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: false)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path)
            let error = await #expect(throws: CredentialStoreError.self) { try await folder.newStore().open() }
            #expect(error?.description == "\(folder.path) can be written to by other users; chmod 700 \(folder.path)")
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can give a directory away"))
    func refusesADirectoryOfAnotherUser() async throws {
        try await CredentialFolder.with { folder in
            try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: false)
            #expect(chown(folder.path, 12_345, 12_345) == 0)
            let error = await #expect(throws: CredentialStoreError.self) { try await folder.newStore().open() }
            #expect(error?.description.contains("belongs to user 12345") == true)
        }
    }

    @Test(arguments: ["/proc/none/credentials", "/dev/null"])
    func saysWhyItCannotUseADirectory(_ path: String) async {
        let store = FileCredentialStore(directory: path, inbox: nil) { _ in }
        let error = await #expect(throws: CredentialStoreError.self) { try await store.open() }
        #expect(error?.description.hasPrefix("cannot use the directory \(path): ") == true)
    }

    @Test func aDamagedRecordIsNamedLeftAsItIsAndStopsNoOther() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { store in try await store.put("r", name) }
            try folder.write(#"{"format":1,"refresh_token":"hush"#, to: "account-wx2.json")
            try folder.write(#"{"format":9}"#, to: "component-wx3.json")
            try await folder.withStore { store in
                #expect(store.names == [name, .account("wx2"), .component("wx3")])
                #expect(folder.reports.count == 2)
                let error = await #expect(throws: CredentialUpdateError.self) {
                    try await store.put("new", .account("wx2"))
                }
                guard case .store(.damaged(let text)) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(text.contains("\(folder.path)/account-wx2.json") && text.contains("remove account wx2"))
                #expect(!text.contains("hush"))
                #expect(try await store.read(name).refreshToken == "r")
                await folder.look()
                #expect(folder.reports.count == 2, "told of twice")
                try await store.remove(.account("wx2"))
                #expect(try await store.put("new", .account("wx2")).refreshToken == "new")
            }
            #expect(
                try String(contentsOfFile: folder.path + "/component-wx3.json", encoding: .utf8) == #"{"format":9}"#)
        }
    }

    @Test func aChangeThatFailsOrIsNoneLeavesTheRecord() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { store in
                try await store.put("r", name)
                let error = await #expect(throws: CredentialUpdateError.self) {
                    try await store.update(name, limit: .zero) { _ throws(APIError) in throw .interrupted }
                }
                #expect(error == .change(.interrupted))
                let unchanged = try await store.update(name, limit: .zero) { _ in nil }
                #expect(unchanged.refreshToken == "r")
                #expect(try await store.read(name).refreshToken == "r")
                // The lock is free again.
                try await store.put("s", name, limit: .zero)
            }
        }
    }

    @Test func anUpdateWaitsForItsTurnUpToItsLimit() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { first in
                try await folder.withStore { second in
                    let (begun, end) = (Waiter(), Waiter())
                    let holder = LoopTask { [name] in
                        _ = try? await first.update(name, limit: .zero) { record in
                            begun.resume()
                            try? await end.wait(.waits, under: nil)
                            var record = record
                            record.refreshToken = "first"
                            return record
                        }
                    }
                    try await begun.wait(.waits, under: nil)
                    let error = await #expect(throws: CredentialUpdateError.self) {
                        try await second.put("x", name, limit: .zero)
                    }
                    guard case .store(.busy) = error else {
                        Issue.record("\(String(describing: error))")
                        return
                    }
                    // Others are not held up.
                    try await second.put("other", .account("wx2"), limit: .zero)
                    let waiting = LoopTask { [name] in
                        (try? await second.update(name, limit: .seconds(1)) { record in
                            var record = record
                            record.refreshToken = (record.refreshToken ?? "") + "-second"
                            return record
                        })?.refreshToken
                    }
                    await folder.clock.waitForTimer(within: .milliseconds(20))
                    end.resume()
                    _ = try await holder.wait()
                    folder.clock.advance(by: .milliseconds(20))
                    #expect(try await waiting.wait() == "first-second")
                }
            }
        }
    }

    @Test func closingEndsWaitsAndRefusesWhatComesLater() async throws {
        try await CredentialFolder.with { folder in
            let (first, second) = (folder.newStore(), folder.newStore())
            try await first.open()
            try await second.open()
            let (begun, end) = (Waiter(), Waiter())
            let holder = LoopTask { [name] in
                try? await first.update(name, limit: .zero) { record in
                    begun.resume()
                    try? await end.wait(.waits, under: nil)
                    var record = record
                    record.refreshToken = "had from WeChat"
                    return record
                }
            }
            try await begun.wait(.waits, under: nil)
            let waiting = LoopTask { [name] () -> CredentialUpdateError? in
                do throws(CredentialUpdateError) {
                    _ = try await second.put("x", name)
                    return nil
                } catch { return error }
            }
            await folder.clock.waitForTimer(within: .milliseconds(20))
            second.close()
            #expect(try await waiting.wait() == .store(.failed("the store of credentials is closed")))
            await #expect(throws: CredentialStoreError.self) { try await second.read(name) }
            first.close()
            end.resume()
            #expect(try await holder.wait()?.refreshToken == "had from WeChat")
            #expect(folder.clock.pendingDelays.isEmpty)
            try await folder.withStore { store in
                let record = try await store.read(name)
                #expect(record.refreshToken == "had from WeChat")
            }
        }
    }

    @Test func removesWhatAKilledProcessLeftUnlessItIsStillLocked() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { store in
                try await store.put("r", name)
                try folder.write("{", to: ".account-wx2.tmp")
                let (begun, end) = (Waiter(), Waiter())
                let holder = LoopTask { [name] in
                    _ = try? await store.update(name, limit: .zero) { _ in
                        begun.resume()
                        try? await end.wait(.waits, under: nil)
                        return nil
                    }
                }
                try await begun.wait(.waits, under: nil)
                try folder.write("{", to: ".account-wx1.tmp")
                try folder.write("{", to: ".foreign.tmp")
                try await folder.withStore { _ in }
                let left = try folder.names().filter { $0.hasSuffix(".tmp") }
                #expect(left == [".account-wx1.tmp", ".foreign.tmp"])
                end.resume()
                _ = try await holder.wait()
            }
        }
    }

    /// A child process is forked while the lock is held, and the lock is released before its exec closes what it
    /// inherited: until then the child has the same open file.
    @Test func aReleasedLockIsFreeWhoeverHasItsDescriptor() async throws {
        try await CredentialFolder.with { folder in
            let directory = try CredentialDirectory(path: folder.path)
            let lock = try #require(try directory.lock(name))
            let inherited = dup(lock.descriptor)
            defer { close(inherited) }
            #expect(try directory.lock(name) == nil)
            lock.release()
            let again = try #require(try directory.lock(name))
            again.release()
        }
    }

    @Test func noAppidLeadsOutOfTheDirectory() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore { store in
                for appID in ["", "../wx1", "wx1/x", "wx-1"] {
                    await #expect(throws: CredentialStoreError.self) { try await store.read(.account(appID)) }
                    await #expect(throws: CredentialUpdateError.self) { try await store.put("r", .account(appID)) }
                }
            }
            #expect(try folder.names() == ["inbox"])
        }
    }

    /// Each reads, lets the other run, and writes one more: without the lock, one of them would overwrite the other's.
    @Test func twoStoresOnOneDirectoryLoseNoUpdate() async throws {
        try await CredentialFolder.with { folder in
            try await folder.withStore(clock: SystemClock.shared) { first in
                try await folder.withStore(clock: SystemClock.shared) { second in
                    let tasks = [first, second, first, second].map { store in
                        LoopTask { [name] in
                            for _ in 0..<15 {
                                _ = try? await store.update(name, limit: .seconds(50)) { record in
                                    var record = record
                                    let generation = (record.token?.generation ?? 0) + 1
                                    await Task.yield()
                                    record.token = StoredToken(
                                        value: AccessToken("t\(generation)"),
                                        expiresAt: WallTime(millisecondsSince1970: 0), generation: generation)
                                    return record
                                }
                            }
                        }
                    }
                    for task in tasks { _ = try await task.wait() }
                    #expect(try await first.read(name).token?.generation == 60)
                    #expect(try await second.read(name).token?.generation == 60)
                }
            }
        }
    }
}
