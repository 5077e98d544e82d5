internal import EventLoop
internal import Kafka
internal import WeChat

// Who refreshes: the owner of the topic's only partition, in a group of its own.
extension KafkaCredentialStore {
    /// Refreshes that have begun may take so long when the partition is wanted back; then what they bring is fenced.
    private static let endLimit = Duration.seconds(10)
    /// After it was fenced, and is still the owner as far as it knows: by then a process that was frozen has learnt of it.
    private static let fencedPause = Duration.seconds(3)

    func join() throws(KafkaError) {
        var properties = settings.consumer
        properties["statistics.interval.ms"] = nil
        properties["group.id"] = settings.group
        properties["partition.assignment.strategy"] = "range"
        // Nothing is fetched; the partition is owned, and read by the reader.
        properties["queued.min.messages"] = "1"
        if settings.consumer["session.timeout.ms"] == nil { properties["session.timeout.ms"] = "10000" }
        let consumer = try KafkaConsumer(
            properties: properties, credentials: credentials,
            onEvent: { [weak self] event in self?.memberEvent(event) }, onMessage: { _ in }, onArrival: {})
        member = consumer
        try consumer.subscribe(to: [settings.topic])
    }

    /// Gives the partition back, so that another instance can take over at once; before that, what WeChat hands out to
    /// refreshes that have begun is committed.
    func leaveGroup() async {
        guard !isLeaving else { return }
        isLeaving = true
        if let term, term.state == .active { term.state = .ending }
        loseIntents("it is stopping")
        wakeAll()
        while running > 0, phase == .open { await pause(for: .milliseconds(10)) }
        end(term, "it is stopping")
        guard let consumer = member else { return }
        let remains = await consumer.close()
        member = nil
        await publisher.destroy(remains)
    }

    private func memberEvent(_ event: KafkaConsumerEvent) {
        switch event {
        case .assigned(let partitions): assigned(partitions)
        case .revoked(let partitions, let isLost): revoked(partitions, isLost: isLost)
        case .failed(let error), .partitionFailed(_, let error):
            if error.code != .partitionEnd { waitsForBrokers("\(error)") }
        case .log(let line): logger.log(line)
        case .statistics: break
        }
    }

    private func assigned(_ partitions: [KafkaTopicPartition]) {
        guard let member else { return }
        guard !isLeaving else { return unassign(partitions) }
        do throws(KafkaError) {
            try member.assign(partitions.map { KafkaOffset($0, offset: nil) })
            for partition in partitions { try member.pause(partition) }
        } catch {
            waitsForBrokers("\(error)")
        }
        guard partitions.contains(partition), let group = member.groupMetadata() else { return }
        end(term, "the group was rebalanced")
        let term = RefresherTerm(group: group)
        self.term = term
        EventLoopActor.startTask { [self] in await takeOver(term) }
    }

    private func revoked(_ partitions: [KafkaTopicPartition], isLost: Bool) {
        if isLost { unassign(partitions) }
        guard let term else { return isLost ? () : unassign(partitions) }
        term.isAssigned = false
        if term.state == .active { term.state = .ending }
        EventLoopActor.startTask { [self] in
            let deadline = clock.now + Self.endLimit
            // What WeChat hands out meanwhile is committed, unless the next owner has fenced this one by then.
            while running > 0, clock.now < deadline, term.state == .ending { await pause(for: .milliseconds(10)) }
            end(term, isLost ? "the partition went to another instance" : "the group was rebalanced")
            if !isLost { unassign(partitions) }
        }
    }

    private func unassign(_ partitions: [KafkaTopicPartition]) {
        do throws(KafkaError) { try member?.unassign(partitions) } catch { waitsForBrokers("\(error)") }
    }

    // MARK: Terms

    /// Fences former owners, reads what they have left, and begins to refresh.
    private func takeOver(_ term: RefresherTerm) async {
        while term === self.term, term.state == .beginning, phase == .open {
            let begun = await publisher.begin(isFirst: !term.hasBegun)
            term.hasBegun = true
            guard case .success(let end) = begun else {
                if case .failure(let error) = begun { waitsForBrokers("\(error)") }
                await pause(for: .seconds(1))
                continue
            }
            while term === self.term, term.state == .beginning, position < end { await pause(for: .milliseconds(10)) }
            guard term === self.term, term.state == .beginning else { return }
            term.state = .active
            events(.becameRefresher)
            dropOutdatedWrites()
            wakeAll()
            flush()
            for name in states.keys { serveIfWanted(name) }
        }
    }

    /// Ends a term for good.
    func end(_ ended: RefresherTerm?, _ reason: String) {
        guard let ended, ended.state != .ended else { return }
        let wasActive = [.active, .ending].contains(ended.state)
        ended.state = .ended
        if term === ended { term = nil }
        // Nobody waits for them any longer. But what WeChat has handed out is kept for another term of this instance, unless
        // another one has begun a refresh by then.
        for write in writes { write.settle(.lost(reason)) }
        writes.removeAll(where: \.isIntent)
        if wasActive { events(.ceasedRefreshing(reason: reason)) }
        wakeAll()
        EventLoopActor.startTask { [self] in if term == nil, phase != .closed { await publisher.end() } }
    }

    /// The brokers say that another has taken over; or a transaction took so long that they ended it.
    func fenced(_ term: RefresherTerm, _ error: KafkaError) {
        guard term.state == .active || term.state == .ending else { return }
        guard term.isAssigned else { return end(term, "\(error)") }
        term.state = .fenced
        events(.ceasedRefreshing(reason: "\(error)"))
        loseIntents("\(error)")
        wakeAll()
        EventLoopActor.startTask { [self] in
            await pause(for: Self.fencedPause)
            guard term === self.term, term.state == .fenced else { return }
            term.state = .beginning
            await takeOver(term)
        }
    }
}
