internal import EventLoop

/// Reads secrets for the event loop: those in files on threads of their own, since disks block, and a mount whose server
/// is gone may do so for ever.
///
/// A thread lives as long as its read. One that hangs keeps its place until its read returns, and ends with the process.
@EventLoopActor
final class SecretFiles {
    /// How many secrets may hang before others have to wait for them; bounds the threads.
    nonisolated static let placesMax = 32

    private var places = placesMax
    private var line: [Waiter] = []

    nonisolated init() {}

    func read(_ secret: Secret) async throws(FileError) -> String {
        guard secret.isFile else { return try secret.read() }
        await takePlace()
        defer { givePlaceBack() }
        return try await BlockingCall(threadName: "secret").run { () throws(FileError) in try secret.read() }
    }

    private func takePlace() async {
        guard places == 0 else { return places -= 1 }
        let waiter = Waiter()
        line.append(waiter)
        // Under no interruption: who asked for the secret waits no longer than a token call may take.
        try? await waiter.wait(.waits, under: nil)
    }

    private func givePlaceBack() {
        if line.isEmpty { places += 1 } else { line.removeFirst().resume() }
    }
}
