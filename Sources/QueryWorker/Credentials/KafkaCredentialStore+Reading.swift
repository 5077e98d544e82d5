internal import EventLoop
internal import Kafka
internal import WeChat

// From the topic into memory: from its start to its end, and then what comes.
extension KafkaCredentialStore {
    /// So many records are read in one turn of the loop: each may have to be decrypted.
    private static let perTurn = 100
    private static let skippedMax = 100_000
    private static let keyInterval = Duration.seconds(1)
    /// `kafka.group.id` of who refreshes.
    static let groupHeader = "group"
    private static let groupInterval = Duration.seconds(600)

    func startReading() throws(KafkaError) {
        var properties = settings.consumer
        for name in ["group.instance.id", "statistics.interval.ms"] { properties[name] = nil }
        properties["group.id"] = settings.group
        properties["enable.partition.eof"] = "true"
        // By default a topic that does not exist is waited for half a minute: it may just have been made.
        if settings.isReader { properties["topic.metadata.propagation.max.ms"] = "1000" }
        let consumer = try KafkaConsumer(
            properties: properties, credentials: credentials,
            onEvent: { [weak self] event in self?.readerEvent(event) },
            onMessage: { [weak self] message in self?.received(message) },
            onArrival: { [weak self] in self?.takeRecords() })
        reader = consumer
        try consumer.assign([KafkaOffset(partition, offset: nil)])
    }

    /// How far the topic was read, markers of transactions included.
    var position: Int64 { max(readTo, reader?.position(of: partition) ?? 0) }

    private func readerEvent(_ event: KafkaConsumerEvent) {
        switch event {
        case .partitionFailed(_, let error) where error.code == .partitionEnd: opened?.resume()
        case .partitionFailed(_, let error) where [.autoOffsetReset, .offsetOutOfRange].contains(error.code):
            forget()
            readAgain()
        case .partitionFailed(_, let error) where settings.isReader && phase == .opening:
            openFailure = "\(settings.topic) cannot be read: \(error)"
            opened?.resume()
        case .partitionFailed(_, let error): waitsForBrokers("\(settings.topic) cannot be read: \(error)")
        case .failed(let error): waitsForBrokers("\(error)")
        case .log(let line): logger.log(line)
        case .assigned, .revoked, .statistics: break
        }
    }

    private func readAgain() {
        do throws(KafkaError) { try reader?.assignAnew([KafkaOffset(partition, offset: nil)]) } catch {
            waitsForBrokers("\(settings.topic) cannot be read: \(error)")
        }
    }

    private func takeRecords() {
        guard !isTaking, phase != .closed, let reader else { return }
        isTaking = true
        var count = 0
        reader.takeMessages(while: {
            count += 1
            return count <= Self.perTurn
        })
        isTaking = false
        // The end may be among what was taken: events of the partition come through the same queue.
        let changed = changed
        self.changed = []
        if !changed.isEmpty, phase == .open { onChange?(changed) }
        // Only an empty queue announces the next record.
        if count > Self.perTurn { EventLoopActor.post { [weak self] in self?.takeRecords() } }
    }

    private func received(_ message: borrowing KafkaMessage) {
        let offset = message.offset
        if phase == .open, offset >= readTo { checkGroup(message) }
        readTo = max(readTo, offset + 1)
        var recordKey: CredentialTopicKey?
        do throws(UnreadableCredentials) {
            let key = try CredentialTopicKey(recordKey: message.key)
            recordKey = key
            guard let value = message.value else {
                if change(key.name, { $0.remove(key.subject, at: offset) }) { changed.insert(key.name) }
                return dropOutdatedWrites()
            }
            guard let keys = keyFile.keys else { return }
            let record = try CredentialTopicRecord(key: key, value: value, keys: keys)
            skipped.remove(offset)
            let time = message.timestamp.map { WallTime(millisecondsSince1970: $0) } ?? clock.wallTime
            take(record, at: offset, time: time)
        } catch {
            if let recordKey, let keyID = error.missingKey {
                change(recordKey.name) { $0.skip(recordKey.subject, at: offset, sealedWith: keyID) }
            }
            skip(offset, recordKey, error)
        }
    }

    /// Another group has a refresher of its own, and no fencing between them. Of what was there before this instance, nobody
    /// can say whether that group is still there.
    private func checkGroup(_ message: borrowing KafkaMessage) {
        if let toldOfGroupAt, clock.now - toldOfGroupAt < Self.groupInterval { return }
        guard let value = message.headers.last(where: { $0.name == Self.groupHeader })?.value,
            value != Array(settings.groupID.utf8)
        else { return }
        toldOfGroupAt = clock.now
        let group = String(decoding: value.prefix(255), as: UTF8.self)
        events(.sharesTopic(settings.topic, group: settings.groupID, otherGroup: group))
    }

    private func take(_ record: CredentialTopicRecord, at offset: Int64, time: WallTime) {
        let name = record.name
        // Read again for the sake of others, once there are more keys.
        if states[name]?.hasTaken(record.key.subject, at: offset) == true { return }
        // A clock that is ahead, of a host or of who publishes, must not make what comes later look old.
        let hasChanged = change(name) { $0.take(record, at: offset, time: min(time, clock.wallTime)) }
        switch record {
        case .event(let event, _):
            if phase == .open { events(.tookIn(event, hasCounted: hasChanged)) }
            if hasChanged { changed.insert(name) }
        case .token: if hasChanged { changed.insert(name) }
        case .intent: dropOutdatedWrites()
        case .rejected:
            // Of those that were there before this instance nobody may wait any more: who does asks again.
            guard phase == .open else { break }
            requestedAt[name] = clock.now
            serveIfWanted(name)
        }
    }

    private func skip(_ offset: Int64, _ key: CredentialTopicKey?, _ error: UnreadableCredentials) {
        guard skipped.count < Self.skippedMax, skipped.insert(offset).inserted else { return }
        events(
            .skippedRecord(position: "\(settings.topic)/0/\(offset)", key: key?.text, reason: error.description))
    }

    /// Keys can come and go while the worker runs: then what was sealed with a new one is read after all.
    func watchKeys() {
        guard phase == .open else { return }
        timers = [
            clock.schedule(after: Self.keyInterval) { [weak self] in
                EventLoopActor.startTask { [weak self] in
                    // While it can't be read, the keys that are there stay in force.
                    if (try? await self?.keyFile.read()) == true { self?.keysChanged() }
                    self?.watchKeys()
                }
            }
        ]
    }

    private func keysChanged() {
        guard phase == .open, let keys = keyFile.keys else { return }
        events(.keysRead(ids: keys.all.map(\.id).joined(separator: ", ")))
        if !skipped.isEmpty { readAgain() }
    }
}
