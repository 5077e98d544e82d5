internal import EventLoop
internal import Kafka
internal import WeChat

// What the refresher does: an intent, the call, and what it brought; each committed before the next.
extension KafkaCredentialStore {
    private static let batchMax = 100
    /// So long after a request nobody waits for its answer any more.
    private static let requestLife = Duration.seconds(60)

    /// - Returns: nil if this instance is the refresher no longer, and WeChat was not called.
    func refresh(
        _ name: CredentialName, until deadline: MonotonicTime,
        _ change: @EventLoopActor (CredentialRecord) async throws(APIError) -> CredentialRecord?
    ) async throws(CredentialUpdateError) -> CredentialRecord? {
        try checkIsRead(name)
        running += 1
        defer { running -= 1 }
        let refresh = (states[name] ?? CredentialTopicState()).nextRefresh
        let intent = CredentialTopicRecord.intent(name, generation: refresh.generation, instance: settings.instance)
        guard case .committed = try await write(intent, of: refresh, until: deadline) else {
            if clock.now >= deadline {
                throw .store(.busy("the brokers do not take what precedes a refresh of \(name)"))
            }
            return nil
        }
        // What came until now, the refresh takes into account.
        let state = states[name] ?? CredentialTopicState()
        let changed: CredentialRecord?
        do { changed = try await change(state.record) } catch {
            answer(name, error)
            throw .change(error)
        }
        guard let changed else { return state.record }
        let refreshed = RefreshedCredentials(
            name: name, changed, insteadOf: state.record, generation: refresh.generation, basedOn: state.authorizedAt)
        if case .lost(let reason) = try await write(.token(refreshed), of: refresh, until: nil) {
            throw .store(.busy("\(name) was refreshed, but what came of it is not kept: \(reason)"))
        }
        _ = self.change(name) { state in state.isOutdated(refresh) ? false : state.take(refreshed) }
        return states[name]?.record ?? changed
    }

    /// What this instance can't open may be newer than what it would refresh with, and would be overwritten.
    private func checkIsRead(_ name: CredentialName) throws(CredentialUpdateError) {
        guard let keyID = states[name]?.missingKey else { return }
        throw .store(
            .damaged(
                "what \(settings.topic) has of \(name) is sealed with key \(keyID), which credentials.key.file does not "
                    + "have; add the line of that key"))
    }

    private func write(
        _ record: CredentialTopicRecord, of refresh: CredentialTopicState.Refresh, until deadline: MonotonicTime?
    ) async throws(CredentialUpdateError) -> CredentialWrite.Outcome {
        // Fenced, the refresher may become it again, and commit what it was given; but it begins nothing.
        guard deadline == nil || isRefresher else { return .lost("another instance refreshes") }
        guard !isOutdated(refresh, of: record.name) else { return .lost(Self.outdated) }
        guard phase != .closed, let keys = keyFile.keys else { throw .store(Self.closed) }
        let value: [UInt8]
        do { value = try record.encode(sealedWith: keys) } catch { throw .store(error) }
        let write = CredentialWrite(
            record.name,
            KafkaRecord(
                topic: settings.topic, partition: 0, key: record.key.bytes, value: value,
                headers: [KafkaHeader(Self.groupHeader, settings.groupID)]),
            refresh: refresh, deadline: deadline)
        writes.append(write)
        // It waits for another term: see `end`.
        if term == nil { write.settle(.lost("another instance refreshes")) }
        flush()
        return await write.wait()
    }

    // MARK: Transactions

    /// Commits what waits, one transaction after the other.
    func flush() {
        guard !isCommitting, !writes.isEmpty, let term, [.active, .ending].contains(term.state) else { return }
        isCommitting = true
        EventLoopActor.startTask { [self] in
            await commitAll(term)
            isCommitting = false
            flush()
        }
    }

    private func commitAll(_ term: RefresherTerm) async {
        while !writes.isEmpty, [.active, .ending].contains(term.state) {
            // First what WeChat has handed out: it needs no membership any more, and no intent may get in its way.
            let tokens = writes.filter { !$0.isIntent }
            let batch = Array((tokens.isEmpty ? writes : tokens).prefix(Self.batchMax))
            let outcome = await publisher.commit(
                batch.map(\.record), isVouched: tokens.isEmpty, by: term.group, readTo: position)
            switch outcome {
            case .committed:
                for write in batch { write.settle(.committed) }
                writes.removeAll { write in batch.contains { $0 === write } }
            case .fenced(let error): return fenced(term, error)
            case .failed(let error):
                waitsForBrokers("\(error)")
                let late = writes.filter { write in write.deadline.map { $0 <= clock.now } ?? false }
                for write in late { write.settle(.lost("\(error)")) }
                writes.removeAll { write in late.contains { $0 === write } }
                await pause(for: .milliseconds(200))
            }
        }
    }

    /// Nothing is begun any more.
    func loseIntents(_ reason: String) {
        for write in writes where write.isIntent { write.settle(.lost(reason)) }
        writes.removeAll(where: \.isIntent)
    }

    private static let outdated = "another instance has refreshed it since, or it was removed"

    private func isOutdated(_ refresh: CredentialTopicState.Refresh, of name: CredentialName) -> Bool {
        states[name]?.isOutdated(refresh) ?? false
    }

    /// What was handed out before this instance was fenced, if somebody has begun another refresh since; or before a removal.
    func dropOutdatedWrites() {
        let outdated = writes.filter { isOutdated($0.refresh, of: $0.name) }
        for write in outdated { write.settle(.lost(Self.outdated)) }
        writes.removeAll { write in outdated.contains { $0 === write } }
    }

    // MARK: For other instances

    /// Has the token fetched that another instance waits for.
    func serveIfWanted(_ name: CredentialName) {
        let isRecent = requestedAt[name].map { clock.now - $0 < Self.requestLife } ?? false
        guard isRefresher, isRecent, states[name]?.isWanted == true, serving.insert(name).inserted else { return }
        EventLoopActor.startTask { [self] in
            let failure = await onWanted?(name)
            serving.remove(name)
            if let failure { answer(name, .failed(failure)) }
        }
    }

    /// Tells the instances that wait for a token why there is none.
    func answer(_ name: CredentialName, _ error: APIError) {
        guard isRefresher, case .failed(let failure) = error, let state = states[name], state.isWanted else { return }
        publish(
            .rejected(
                name, generation: state.currentGeneration, instance: settings.instance,
                reason: CredentialAnswer.text(failure)))
    }
}

extension RefreshedCredentials {
    /// - Parameter before: a token that is still the same is none that is good.
    fileprivate init(
        name: CredentialName, _ changed: CredentialRecord, insteadOf before: CredentialRecord, generation: Int,
        basedOn: Int64?
    ) {
        let token = changed.token?.value == before.token?.value ? nil : changed.token
        self.init(
            name: name, component: changed.component, generation: generation, accessToken: token?.value,
            expiresAt: token?.expiresAt, refreshToken: changed.refreshToken, basedOn: basedOn)
    }
}
