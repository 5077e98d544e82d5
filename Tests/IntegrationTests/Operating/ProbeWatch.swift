internal import Synchronization
internal import TestSupport

/// Asks `/readyz` and `/livez` again and again, as fast as they answer, and remembers each answer that was no 200.
final class ProbeWatch: Sendable {
    private struct State {
        var answers = 0
        var refusals: [String] = []
    }

    private let state = Mutex(State())
    private let isStopping = Atomic(false)

    /// Answers so far.
    var answers: Int { state.withLock { $0.answers } }
    /// What the others said.
    var refusals: [String] { state.withLock { $0.refusals } }

    fileprivate init() {}

    fileprivate func run(_ admin: AdminClient) async throws {
        try await onOwnThread { [self] in
            let connection = try LoopbackConnection(port: admin.port)
            while !isStopping.load(ordering: .relaxed) {
                for path in ["/readyz", "/livez"] {
                    let response = try connection.request("GET", path)
                    state.withLock { state in
                        state.answers += 1
                        guard response?.status != 200 else { return }
                        state.refusals.append("\(path): \(response?.body ?? "no answer")")
                    }
                }
            }
        }
    }

    fileprivate func stop() { isStopping.store(true, ordering: .relaxed) }
}

/// Watches both probes for as long as `body` takes.
func withProbeWatch(_ admin: AdminClient, _ body: (ProbeWatch) async throws -> Void) async throws -> ProbeWatch {
    let watch = ProbeWatch()
    async let watching: Void = watch.run(admin)
    do { try await body(watch) } catch {
        watch.stop()
        throw error
    }
    watch.stop()
    try await watching
    return watch
}
