internal import Kafka

/// From a line to a record that the brokers have.
extension JobSubmitter {
    /// How many lines and jobs are named one by one when they fail.
    static let namedAtMost = 20

    /// Publishes a part of what may be published now.
    /// - Returns: whether there is more to do at once.
    func publish(_ producer: KafkaProducer) -> Bool {
        for _ in 0..<200 {
            guard submission.waiting.count < options.maxWaiting, let (record, jobID) = pending ?? nextJob() else {
                return false
            }
            guard hand(record, jobID, to: producer) else { return false }
        }
        return true
    }

    /// - Returns: whether the producer has room for more.
    private func hand(_ record: KafkaRecord, _ jobID: String, to producer: KafkaProducer) -> Bool {
        pending = nil
        do throws(KafkaError) {
            try producer.produce(record, number: submission.nextNumber)
            submission.jobPublished(jobID, at: .now)
            return true
        } catch {
            if error.code == .queueFull {
                pending = (record, jobID)
                return false
            }
            submission.jobPublished(jobID, at: .now)
            undelivered(submission.published, error)
            return failure == nil
        }
    }

    private func nextJob() -> (KafkaRecord, String)? {
        while let text = nextText() {
            let correlationID = "\(runID)-\(submission.nextNumber)"
            do throws(JobText.NoJob) {
                let job = try texts.read(text.bytes, spareID: correlationID)
                let record = KafkaRecord(
                    topic: configuration.jobsTopic, key: options.key ?? job.key, value: job.value,
                    headers: [KafkaHeader("correlation-id", correlationID)])
                return (record, job.jobID)
            } catch {
                skip("line \(text.number): \(error)")
            }
        }
        return nil
    }

    private func nextText() -> (bytes: [UInt8], number: Int)? {
        guard !hasAllBeenRead else { return nil }
        switch source {
        case .job(let text):
            hasAllBeenRead = true
            return (text, 1)
        case .lines(let lines):
            do throws(SubmitFailure) {
                while true {
                    switch try next(lines) {
                    case .line(let bytes, let number): return (bytes, number)
                    case .tooLong(let number): skip(tooLong(number))
                    case .notYet: return nil
                    case .end:
                        hasAllBeenRead = true
                        return nil
                    }
                }
            } catch {
                failure = error
                return nil
            }
        }
    }

    private func skip(_ reason: String) {
        badLines += 1
        name(.badLine, "not published: \(reason)")
    }

    /// Looks after what was published.
    func serve(_ producer: KafkaProducer) {
        producer.serveQueue(milliseconds: 0)
        for delivery in producer.takeFailures() { undelivered(delivery.number, delivery.error) }
        if let error = producer.fatalError {
            failure = SubmitFailure(
                CheckFinding("publishing", error, grant: "", advice: "submit again what has no reply"))
        }
    }

    private func undelivered(_ number: Int, _ error: KafkaError) {
        guard let jobID = submission.deliveryFailed(number) else { return }
        let topic = configuration.jobsTopic
        let finding = CheckFinding(
            "job \(jobID) was not published to \(topic)", error, grant: "Write on topic \(topic)",
            advice: error.code == .messageTooLarge
                ? "it is larger than the topic or kafka.message.max.bytes allows"
                : "it may be there all the same if the answer was lost on the way; look at the brokers")
        if case .failed(.permission) = finding.status {
            // The next one would be refused, too.
            failure = SubmitFailure(finding)
        } else {
            name(.undelivered, "\(SubmitFailure(finding))")
        }
    }

    /// Says something about one of what may be many.
    func name(_ kind: Naming, _ text: String) {
        let count = namedJobs[kind, default: 0] + 1
        namedJobs[kind] = count
        if count <= Self.namedAtMost { output.notice(text) }
        if count == Self.namedAtMost { output.notice("no more of these are named; the last line counts them") }
    }
}
