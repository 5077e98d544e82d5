import EventLoop
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import QueryWorker

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct SecretFilesTests {
    private let disk = Disk()

    /// Files of which some hang, as they do on a mount whose server is gone.
    private final class Disk: Sendable {
        private let gate = DispatchSemaphore(value: 0)
        private let hanging = Mutex(0)

        var hangs: Int { hanging.withLock { $0 } }

        func secret(_ name: String, hangs: Bool = false) -> Secret {
            Secret(file: name) { [self] path throws(FileError) in
                #expect(!EventLoop.shared.isCurrent)
                if hangs {
                    hanging.withLock { $0 += 1 }
                    gate.wait()
                }
                return Array(path.utf8)
            }
        }

        func release(_ count: Int) {
            for _ in 0..<count { gate.signal() }
        }
    }

    /// What is read of secrets in files, as it comes.
    @EventLoopActor
    private final class Reads {
        private(set) var values: [String] = []
        private let files = SecretFiles()
        private var awaited: (count: Int, waiter: Waiter)?

        nonisolated init() {}

        func begin(_ secret: Secret) {
            EventLoopActor.startTask { [self] in
                values.append((try? await files.read(secret)) ?? "failed")
                if let awaited, values.count >= awaited.count { awaited.waiter.resume() }
            }
        }

        func wait(for count: Int) async {
            guard values.count < count else { return }
            let waiter = Waiter()
            awaited = (count, waiter)
            try? await waiter.wait(.everything, under: nil)
        }
    }

    @Test func oneThatHangsHoldsUpNeitherTheLoopNorOthers() async {
        let reads = Reads()
        reads.begin(disk.secret("hangs", hangs: true))
        for name in ["one", "two"] { reads.begin(disk.secret(name)) }
        await reads.wait(for: 2)
        #expect(reads.values.sorted() == ["one", "two"])
        disk.release(1)
        await reads.wait(for: 3)
        #expect(reads.values.last == "hangs")
    }

    @Test func threadsAreBounded() async throws {
        let reads = Reads()
        for number in 0..<SecretFiles.placesMax + 8 { reads.begin(disk.secret("\(number)", hangs: true)) }
        reads.begin(Secret("inline"))
        await reads.wait(for: 1)
        #expect(reads.values == ["inline"])
        while disk.hangs < SecretFiles.placesMax { await Task.yield() }
        await runUntilIdle()
        #expect(disk.hangs == SecretFiles.placesMax)
        disk.release(SecretFiles.placesMax + 8)
        await reads.wait(for: SecretFiles.placesMax + 9)
        #expect(Set(reads.values).count == SecretFiles.placesMax + 9)
        #expect(!reads.values.contains("failed"))
    }

    @Test func errorComesAsItIs() async {
        let secret = Secret(file: "f") { path throws(FileError) in throw FileError(path: path, reason: "gone") }
        await #expect(throws: FileError(path: "f", reason: "gone")) { try await SecretFiles().read(secret) }
    }
}
