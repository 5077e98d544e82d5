internal import EventLoop

/// WeChat's list of the accounts that have authorised a component, with their refresh tokens.
///
/// It is long, and WeChat counts the calls: it is read once for all that wait for it, and kept for a minute. After a
/// failure it is not read for a while, which grows with every failure.
@EventLoopActor
final class AuthorizerList {
    typealias PageReader = @EventLoopActor (_ offset: Int, Interruption) async throws(APIError) -> AuthorizerPage

    /// How long what was read may be used.
    static let age = Duration.seconds(60)

    private let component: String
    private let clock: any LoopClock
    private let random: LoopRandom
    private let events: @EventLoopActor (WeChatEvent) -> Void
    private let life = Interruption()
    /// As WeChat gave it last, by the lower case of the accounts' appids, and when that reading began.
    private var last: (entries: [String: AuthorizerPage.Entry], began: MonotonicTime)?
    private var failures = 0
    /// Why it could not be read, and when that is tried again.
    private var failed: (failure: APIFailure, until: MonotonicTime)?
    private var isReading = false
    /// Wait for the reading that is under way, or for the time of the next one.
    private var waiters: [Waiter] = []
    private var timer: LoopTimer?
    /// Lets go of what was read.
    private var ageTimer: LoopTimer?

    init(
        component: String, clock: any LoopClock, random: LoopRandom,
        events: @escaping @EventLoopActor (WeChatEvent) -> Void
    ) {
        self.component = component
        self.clock = clock
        self.random = random
        self.events = events
    }

    func close() {
        life.interrupt(.everything, cause: .handedOver)
        if let ageTimer { clock.cancel(ageTimer) }
        ageTimer = nil
        last = nil
        resumeWaiters()
    }

    /// When it is tried again, if it could not be read; nil if nothing is to be waited for.
    var nextTry: MonotonicTime? { failed.flatMap { $0.until > clock.now ? $0.until : nil } }

    /// WeChat can be reached again: what failed since it could not need not wait any longer.
    func hostIsBack() {
        if failed?.failure.disposition == .retry { readAgain() }
    }

    /// What failed need not wait any longer: the reason may be gone.
    func readAgain() {
        guard failed != nil else { return }
        failed = nil
        resumeWaiters()
    }

    /// - Parameters:
    ///   - account: an appid, whatever its case.
    ///   - age: how long before this call it may have been read.
    ///   - read: how a page is read, if it must be.
    /// - Returns: nil if the account is not in it.
    /// - Throws: why it can't be read, also while it is not tried.
    func entry(
        of account: String, notOlderThan age: Duration, under interruption: Interruption, read: @escaping PageReader
    ) async throws(APIError) -> AuthorizerPage.Entry? {
        let asked = clock.now
        while true {
            do { try life.check(.everything) } catch { throw APIError(error) }
            if let last, asked - last.began <= age { return last.entries[account.lowercased()] }
            if let failed, failed.until > clock.now {
                throw .failed(failed.failure.delayed(by: failed.until - clock.now, at: clock.wallTime))
            }
            if !isReading { startReading(read) }
            try await wait(under: interruption)
        }
    }

    /// Ends when the list may be read again after a failure.
    func waitForNextTry(under interruption: Interruption) async throws(APIError) {
        guard let failed, failed.until > clock.now else { return }
        if timer == nil {
            timer = clock.schedule(after: failed.until - clock.now) { [weak self] in
                self?.timer = nil
                self?.resumeWaiters()
            }
        }
        try await wait(under: interruption)
    }

    private func wait(under interruption: Interruption) async throws(APIError) {
        let waiter = Waiter()
        waiters.append(waiter)
        do { try await waiter.wait(.waits, under: interruption) } catch { throw APIError(error) }
    }

    private func resumeWaiters() {
        stopTimer()
        let waiters = waiters
        self.waiters = []
        for waiter in waiters { waiter.resume() }
    }

    private func stopTimer() {
        if let timer { clock.cancel(timer) }
        timer = nil
    }

    // MARK: Reading

    private func startReading(_ read: @escaping PageReader) {
        isReading = true
        EventLoopActor.startTask { [self] in
            await readAll(read)
            isReading = false
            resumeWaiters()
        }
    }

    private func readAll(_ read: PageReader) async {
        let began = clock.now
        do throws(APIError) {
            var entries: [String: AuthorizerPage.Entry] = [:]
            var offset: Int? = 0
            while let begin = offset {
                let page = try await read(begin, life)
                for entry in page.entries { entries[entry.account.lowercased()] = entry }
                offset = page.next(after: begin)
            }
            last = (entries, began)
            failed = nil
            failures = 0
            if let ageTimer { clock.cancel(ageTimer) }
            ageTimer = clock.schedule(after: Self.age) { [weak self] in
                self?.ageTimer = nil
                self?.last = nil
            }
        } catch {
            guard case .failed(let failure) = error else { return }
            failures += 1
            let delay = TokenBackoff.delay(after: failure, failures: failures, fraction: random.fraction())
            failed = (failure, clock.now + delay)
            events(.authorizersNotRead(component: component, failure: failure, nextTry: delay))
        }
    }
}
