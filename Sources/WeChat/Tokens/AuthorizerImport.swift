internal import EventLoop

/// Reads WeChat's list of the accounts that have authorised a component, and stores those that were missing. Once for all
/// that wait, and at most once a minute.
@EventLoopActor
final class AuthorizerImport {
    let owner: Component
    private let records: SharedRecords
    private let clock: any LoopClock
    private let life = Interruption()
    private var lastRun: MonotonicTime?
    private var lastFailure: APIFailure?
    private var waiters: [Waiter]?

    private static let interval = Duration.seconds(60)

    init(_ owner: Component, records: SharedRecords, clock: any LoopClock) {
        self.owner = owner
        self.records = records
        self.clock = clock
    }

    var component: String { owner.appID }

    func close() {
        life.interrupt(.everything, cause: .handedOver)
        end(nil)
    }

    /// - Parameter knows: whether the store holds an account, whatever its case.
    /// - Returns: whether the list was read; false if that was done within the last minute.
    /// - Throws: why the list could not be read, also when that was within the last minute: then nobody can tell whether
    ///   an account is unknown.
    func run(
        under interruption: Interruption, knows: @escaping @EventLoopActor @Sendable (String) -> Bool
    ) async throws(APIError) -> Bool {
        do { try life.check(.everything) } catch { throw APIError(error) }
        if waiters == nil, let lastRun, clock.now - lastRun < Self.interval {
            guard let lastFailure else { return false }
            throw .failed(lastFailure.delayed(by: Self.interval - (clock.now - lastRun), at: clock.wallTime))
        }
        if waiters == nil {
            waiters = []
            lastRun = clock.now
            EventLoopActor.startTask { [self] in await read(knows) }
        }
        let waiter = Waiter()
        waiters?.append(waiter)
        do { try await waiter.wait(.waits, under: interruption) } catch { throw APIError(error) }
        do { try life.check(.everything) } catch { throw APIError(error) }
        if let lastFailure { throw .failed(lastFailure) }
        return true
    }

    private func read(_ knows: @EventLoopActor (String) -> Bool) async {
        do throws(APIError) {
            var offset: Int? = 0
            while let begin = offset {
                let page = try await owner.authorizers(from: begin, under: life)
                for entry in page.entries where !knows(entry.account) { try await keep(entry) }
                offset = page.next(after: begin)
            }
            end(nil)
        } catch {
            guard case .failed(let failure) = error else { return end(nil) }
            end(failure)
        }
    }

    /// What came into the record meanwhile is newer.
    private func keep(_ entry: AuthorizerPage.Entry) async throws(APIError) {
        guard let refreshToken = entry.refreshToken else { return }
        _ = try await records.update(.account(entry.account)) { record throws(APIError) in
            guard record == CredentialRecord() else { return nil }
            var record = record
            record.component = owner.appID
            record.refreshToken = refreshToken
            return record
        }
    }

    private func end(_ failure: APIFailure?) {
        lastFailure = failure
        let waiting = waiters ?? []
        waiters = nil
        for waiter in waiting { waiter.resume() }
    }
}
