import EventLoop
import QueryWorker
import Synchronization
import Testing

@Suite @EventLoopActor struct CredentialKeyFileTests {
    @Test func aChangeOfTheFileIsReadAndAFaultKeepsTheLastKeys() async throws {
        let content = Mutex(CredentialFixture.keyLine("a", of: 1))
        let file = CredentialKeyFile(path: "/k") { _ throws(FileError) in content.withLock { Array($0.utf8) } }
        #expect(file.keys == nil)
        #expect(try await file.read())
        #expect(try await !file.read())

        content.withLock { $0 = CredentialFixture.keyLine("b", of: 2) + "\n" + $0 }
        #expect(try await file.read())
        #expect(file.keys?.all.map(\.id) == ["b", "a"])

        content.withLock { $0 = "hush" }
        let error = await #expect(throws: FileError.self) { try await file.read() }
        #expect(error?.description.hasPrefix("cannot use /k: line 1: has no colon") == true)
        #expect(file.keys?.sealing.id == "b")
    }

    @Test func aFileThatIsMissingIsAnError() async {
        let file = CredentialKeyFile(path: "/no/such/file")
        await #expect(throws: FileError(path: "/no/such/file", reason: "No such file or directory")) {
            try await file.read()
        }
        #expect(file.keys == nil)
    }
}
