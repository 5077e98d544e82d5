package import EventLoop
internal import Kafka
package import WeChat

/// Credentials in a compacted topic, which all instances of a group share, on whichever hosts.
///
/// Every instance reads the topic from its start, and keeps what it says in memory. One of them, the owner of its only
/// partition in a group of its own, refreshes: the others ask it to by a `rejected` record, and wait. Before each call to
/// WeChat the refresher commits an `intent`, in a transaction that fails once another has taken over; what WeChat hands
/// out is committed before anybody uses it.
///
/// Life: `open` ends when the topic was read to its end; `leave` gives up the refresher's part, `close` ends it all. The
/// parts are the extensions: reading, membership, refreshing, asking.
@EventLoopActor
package final class KafkaCredentialStore: CredentialStore {
    struct Settings: Sendable {
        let topic: String
        /// Of the workers, who name it in a header of what they write as the refresher.
        let groupID: String
        /// Of the refresher, and its transactional id.
        let group: String
        let instance: String
        let consumer: [String: String]
        let producer: [String: String]
        /// It only looks: never becomes the refresher, and asks nobody.
        let isReader: Bool
    }

    /// How it gets to the brokers.
    struct Access {
        let properties: WorkerKafkaProperties
        let groupID: String
        let instanceID: String
        let credentials: KafkaCredentials
        let logger: Logger
    }

    enum Phase {
        case new
        case opening
        case open
        case closed
    }

    package private(set) var names: Set<CredentialName> = []
    package var onChange: (@EventLoopActor (Set<CredentialName>) -> Void)?
    package var onWanted: (@EventLoopActor (CredentialName) async -> APIFailure?)?

    let settings: Settings
    let partition: KafkaTopicPartition
    let credentials: KafkaCredentials
    let keyFile: CredentialKeyFile
    let publisher: CredentialPublisher
    let publisherControl = PublisherControl()
    let logger: Logger
    let clock: any LoopClock
    let events: @EventLoopActor (CredentialStoreEvent) -> Void
    var phase = Phase.new
    var timers: [LoopTimer] = []

    // Reading
    var reader: KafkaConsumer?
    private(set) var states: [CredentialName: CredentialTopicState] = [:]
    /// One past the last record that was read.
    var readTo: Int64 = 0
    /// Offsets of records that could not be read, so that each is told of once.
    var skipped: Set<Int64> = []
    var changed: Set<CredentialName> = []
    var isTaking = false
    var opened: Waiter?
    /// Why a process that only looks need not wait any longer.
    var openFailure: String?
    var toldOfBrokersAt: MonotonicTime?
    var toldOfGroupAt: MonotonicTime?

    // Membership
    var member: KafkaConsumer?
    var isLeaving = false
    var term: RefresherTerm?

    // Refreshing
    var running = 0
    var writes: [CredentialWrite] = []
    var isCommitting = false
    var serving: Set<CredentialName> = []

    // Asking
    var outbox: [CredentialTopicRecord] = []
    var isPublishing = false
    /// When requests were read, so that one that waits is not made again by every instance.
    var requestedAt: [CredentialName: MonotonicTime] = [:]

    // One update at a time of each record, and who waits for a change of it.
    var held: Set<CredentialName> = []
    var waiting: [CredentialName: [Waiter]] = [:]

    init(
        topic: String, keyFile: String, isReader: Bool, _ kafka: Access, clock: any LoopClock,
        events: @escaping @EventLoopActor (CredentialStoreEvent) -> Void
    ) {
        settings = Settings(
            topic: topic, groupID: kafka.groupID, group: kafka.groupID + "-credentials", instance: kafka.instanceID,
            consumer: kafka.properties.consumer, producer: kafka.properties.producer, isReader: isReader)
        credentials = kafka.credentials
        logger = kafka.logger
        self.clock = clock
        self.events = events
        partition = KafkaTopicPartition(topic: topic, partition: 0)
        self.keyFile = CredentialKeyFile(path: keyFile)
        publisher = CredentialPublisher(
            properties: settings.producer, transactionalID: settings.group, credentials: credentials,
            partition: partition, control: publisherControl, logger: logger)
    }

    /// Waits for the brokers as long as that takes, and says so.
    package func open() async throws(CredentialStoreError) {
        precondition(phase == .new, "a store of credentials is opened once")
        phase = .opening
        do { _ = try await keyFile.read() } catch { throw .failed("credentials.key.file: \(error)") }
        do { try startReading() } catch { throw .failed("\(settings.topic): \(error)") }
        let waiter = Waiter()
        opened = waiter
        try? await waiter.wait(.everything, under: nil)
        guard phase == .opening else { throw Self.closed }
        if let openFailure { throw .failed(openFailure) }
        phase = .open
        watchKeys()
        guard !settings.isReader else { return }
        do { try join() } catch { throw .failed("\(settings.group): \(error)") }
    }

    package func leave() async { await leaveGroup() }

    package func close() {
        guard phase != .closed else { return }
        phase = .closed
        publisherControl.isAbandoned = true
        for timer in timers { clock.cancel(timer) }
        timers = []
        opened?.resume()
        wakeAll()
        for write in writes { write.settle(.lost("the store of credentials is closed")) }
        let lost = writes.filter { !$0.isIntent }.map(\.name.description)
        if !lost.isEmpty {
            logger.warning(
                "what WeChat has handed out could not be kept", ["credentials": "\(lost.joined(separator: ", "))"])
        }
        writes = []
        EventLoopActor.startTask { [self] in
            await leaveGroup()
            // It may be leaving already.
            while member != nil { await pause(for: .milliseconds(10)) }
            let remains = await reader?.close()
            reader = nil
            await publisher.close([remains].compactMap { $0 })
        }
    }

    package func read(_ name: CredentialName) async throws(CredentialStoreError) -> CredentialRecord {
        try checkOpen()
        return states[name]?.record ?? CredentialRecord()
    }

    /// Whether this instance refreshes now.
    package var isRefresher: Bool { term?.state == .active }

    package var isChangedElsewhere: Bool { phase == .open && !isRefresher }

    package func update(
        _ name: CredentialName, limit: Duration,
        unless isEnough: @EventLoopActor (CredentialRecord) throws(APIError) -> Bool,
        _ change: @EventLoopActor (CredentialRecord) async throws(APIError) -> CredentialRecord?
    ) async throws(CredentialUpdateError) -> CredentialRecord {
        let deadline = clock.now + limit
        try await hold(name, until: deadline)
        defer { release(name) }
        var question: Question?
        while true {
            try checkMayChange()
            let state = states[name] ?? CredentialTopicState()
            do throws(APIError) {
                if try isEnough(state.record) { return state.record }
            } catch {
                answer(name, error)
                throw .change(error)
            }
            if isRefresher {
                if let record = try await refresh(name, until: deadline, change) { return record }
                continue
            }
            // The token that was not good enough is removed, and the next counts from 1.
            if let asked = question, state.currentGeneration < asked.generation { question = nil }
            if let question {
                if state.currentGeneration > question.generation { return state.record }
                if let failure = question.answer(in: state) { throw .change(.failed(failure)) }
            }
            guard clock.now < deadline else { throw .store(.busy(waitedInVain(for: name, limit))) }
            if settings.isReader { throw .store(.busy("\(name) has no token, and this process may not ask for one")) }
            if question == nil { question = ask(name, state) }
            await wait(for: name, until: deadline)
        }
    }

    private func waitedInVain(for name: CredentialName, _ limit: Duration) -> String {
        "the instance that refreshes \(name) has not answered within \(limit)"
    }

    package func remove(_ name: CredentialName) async throws(CredentialStoreError) {
        try checkOpen()
        let records = CredentialTopicKey.Subject.allCases.map { subject in
            KafkaRecord(
                topic: settings.topic, partition: 0, key: CredentialTopicKey(subject, of: name).bytes, value: nil)
        }
        do { try await publisher.publish(records).get() } catch { throw .failed("\(error)") }
    }

    // MARK: States

    /// Changes what is known of a name, and tells who waits for it.
    /// - Returns: what `body` returns.
    func change<Result>(_ name: CredentialName, _ body: (inout CredentialTopicState) -> Result) -> Result {
        let result = body(&states[name, default: CredentialTopicState()])
        // The spelling may be another one than that of an earlier record's key.
        names.remove(name)
        if states[name]?.record != CredentialRecord() { names.insert(name) }
        wake(name)
        return result
    }

    /// The topic was deleted and made anew, or records were deleted: what was known has no meaning any more.
    func forget() {
        logger.warning("credential topic begins anew", ["topic": .string(settings.topic)])
        changed.formUnion(names)
        (states, names, skipped, readTo) = ([:], [], [], 0)
    }

    // MARK: Waiting

    static var closed: CredentialStoreError { .failed("the store of credentials is closed") }

    func checkOpen() throws(CredentialStoreError) {
        switch phase {
        case .open: return
        case .closed: throw Self.closed
        case .new, .opening: throw .failed("the store of credentials is not open yet")
        }
    }

    private func checkMayChange() throws(CredentialUpdateError) {
        do { try checkOpen() } catch { throw .store(error) }
        if isLeaving { throw .change(.interrupted) }
    }

    private func hold(_ name: CredentialName, until deadline: MonotonicTime) async throws(CredentialUpdateError) {
        try checkMayChange()
        while held.contains(name) {
            guard clock.now < deadline else { throw .store(.busy("\(name) is being changed for too long")) }
            await wait(for: name, until: deadline)
            try checkMayChange()
        }
        held.insert(name)
    }

    private func release(_ name: CredentialName) {
        held.remove(name)
        wake(name)
    }

    /// Ends when something of that name, or this instance's part, has changed.
    func wait(for name: CredentialName, until deadline: MonotonicTime) async {
        let waiter = Waiter()
        waiting[name, default: []].append(waiter)
        let timer = clock.schedule(after: max(.zero, deadline - clock.now)) { waiter.resume() }
        try? await waiter.wait(.waits, under: nil)
        clock.cancel(timer)
    }

    func wake(_ name: CredentialName) {
        for waiter in waiting.removeValue(forKey: name) ?? [] { waiter.resume() }
    }

    func wakeAll() {
        let all = waiting
        waiting = [:]
        for waiter in all.values.joined() { waiter.resume() }
    }

    func pause(for delay: Duration) async { try? await Interruption().sleep(for: delay, clock: clock) }

    /// At most every ten seconds.
    func waitsForBrokers(_ reason: String) {
        if let toldOfBrokersAt, clock.now - toldOfBrokersAt < .seconds(10) { return }
        toldOfBrokersAt = clock.now
        events(.waitsForBrokers(reason: reason))
    }
}
