internal import EventLoop
internal import Glibc
internal import Kafka

/// From a reply to a line, or to the reason why there is none.
extension JobSubmitter {
    static let firstLook = Duration.seconds(5)
    private static let nextLooks = Duration.seconds(30)

    /// - Parameter patience: how long the first one is waited for.
    /// - Returns: whether all that had come was taken.
    func takeReplies(_ reader: KafkaReader, patience: Duration) -> Bool {
        var patience = patience
        for _ in 0..<1_000 {
            guard let found = reader.read(timeout: patience, reply) else {
                for error in reader.takeErrors() { readingFailed(error) }
                return true
            }
            patience = .zero
            if let (number, value) = found { replied(number, value) }
            if stop.signal != nil || failure != nil { break }
        }
        return false
    }

    /// The record's value and its job's number, if it is the reply of one of ours.
    private func reply(_ message: borrowing KafkaMessage) -> (number: Int, value: [UInt8]?)? {
        let ids = message.headers.filter { $0.name == "correlation-id" }.compactMap(\.value)
        let prefix = runID + "-"
        guard let id = ids.map({ String(decoding: $0, as: UTF8.self) }).first(where: { $0.hasPrefix(prefix) }),
            let number = Int(id.dropFirst(prefix.count))
        else { return nil }
        return (number, message.value)
    }

    private func replied(_ number: Int, _ value: [UInt8]?) {
        let jobID = submission.waiting[number]?.jobID
        let reply = SubmittedReply(value, document)
        guard submission.replyReceived(for: number, hasSucceeded: reply.hasSucceeded, at: .now) else { return }
        nextLook = Self.firstLook
        hasToldOfBrokers = false
        if let error = output.reply(value ?? []) { return unwritten(error, jobID ?? "") }
        guard let explanation = reply.explanation, explained.insert(reply.kind ?? "").inserted else { return }
        output.notice("job \(jobID ?? "") failed: \(explanation)")
    }

    private func unwritten(_ error: Int32, _ jobID: String) {
        if error == EPIPE {
            _ = stop.request(SIGPIPE)
        } else {
            failure = SubmitFailure(
                CheckFinding(
                    .failed(.fatal), "the reply to job \(jobID)",
                    "could not be written to standard output: \(String(cString: strerror(error)))",
                    remedy: "it is on \(configuration.repliesTopic) all the same"))
        }
    }

    private func readingFailed(_ error: KafkaError) {
        // Of the group that librdkafka wants to be named, and that is not used.
        guard error.code != .groupAuthorizationFailed else { return }
        let topic = configuration.repliesTopic
        let finding = CheckFinding("topic \(topic)", error, grant: "Read and Describe on topic \(topic)")
        if case .failed(.permission) = finding.status {
            failure = SubmitFailure(finding)
        } else if !hasToldOfBrokers {
            hasToldOfBrokers = true
            output.notice("the brokers are away, waiting for them: \(error.reason)")
        }
    }

    // MARK: No reply

    func giveUp(_ clients: Clients) {
        let (jobIDs, isSilent) = submission.giveUp(after: options.timeout, at: .now)
        for jobID in jobIDs {
            name(.missing, "job \(jobID): no reply within \(formatDuration(options.timeout)) (--timeout)")
        }
        // Whoever wants no more than a few seconds of patience is told why, too.
        if isSilent, nextLook == Self.firstLook { look(clients) }
        guard isSilent, !hasAllBeenRead else { return }
        hasAllBeenRead = true
        guard case .lines(let lines) = source else { return }
        output.notice("no reply comes at all: what follows line \(lines.number) is not published")
    }

    /// Tells those who wait why they may wait in vain.
    func lookIfSilent(_ clients: Clients) {
        if submission.silence(at: .now) >= nextLook { look(clients) }
    }

    private func look(_ clients: Clients) {
        nextLook += Self.nextLooks
        output.notice(WorkerGroupLook(configuration, clients).text)
    }
}
