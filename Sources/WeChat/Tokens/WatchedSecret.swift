internal import EventLoop

/// A secret that is read anew for every use, and that can tell whether it has been corrected since.
///
/// A read may never come back: the secret's file can lie on a mount whose server is gone. Nobody waits for it longer than
/// `limit`, and while one is under way no other is begun: who asks later waits for the same one.
@EventLoopActor
final class WatchedSecret {
    private let subject: String
    private let limit: Duration
    private let clock: any LoopClock
    private let source: SecretReader
    private var underWay: Reading?
    private var wasUsed = false
    /// Of what was read last; nil if nothing could be. A hash, so that no secret is kept.
    private var lastHash: Int?

    /// One read, and who waits for it.
    @EventLoopActor
    private final class Reading {
        var outcome: Result<String, any Error>?
        var waiters: [Waiter] = []
    }

    /// - Parameters:
    ///   - subject: for the message when it can't be read, such as "the secret of account wx1".
    ///   - limit: how long a read is waited for.
    init(_ subject: String, limit: Duration, clock: any LoopClock, _ source: @escaping SecretReader) {
        self.subject = subject
        self.limit = limit
        self.clock = clock
        self.source = source
    }

    func read(under interruption: Interruption) async throws(APIError) -> String {
        wasUsed = true
        lastHash = nil
        let outcome: Result<String, any Error>?
        do { outcome = try await self.outcome(under: interruption) } catch { throw APIError(error) }
        switch outcome {
        case .success(let value):
            lastHash = value.hashValue
            return value
        case .failure(let error): throw .failed(.credentials("\(subject) cannot be read: \(error)"))
        case nil: throw .failed(.credentials("\(subject) cannot be read within \(Self.text(limit))"))
        }
    }

    /// Whether the next use would read something else than the last one did.
    var hasChanged: Bool {
        get async {
            guard wasUsed, case .success(let value)? = try? await outcome(under: nil) else { return false }
            return value.hashValue != lastHash
        }
    }

    /// - Returns: nil if the read has not come back within `limit`.
    private func outcome(under interruption: Interruption?) async throws(Interrupted) -> Result<String, any Error>? {
        let reading = underWay ?? begin()
        let waiter = Waiter()
        reading.waiters.append(waiter)
        let timer = clock.schedule(after: limit) { waiter.resume() }
        defer {
            clock.cancel(timer)
            reading.waiters.removeAll { $0 === waiter }
        }
        try await waiter.wait(.waits, under: interruption)
        return reading.outcome
    }

    private func begin() -> Reading {
        let reading = Reading()
        underWay = reading
        EventLoopActor.startTask { [self] in
            do { reading.outcome = .success(try await source()) } catch { reading.outcome = .failure(error) }
            underWay = nil
            for waiter in reading.waiters { waiter.resume() }
        }
        return reading
    }

    private static func text(_ limit: Duration) -> String {
        let milliseconds = limit.wholeMilliseconds
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}
