internal import EventLoop
internal import Kafka

/// All that is looked at before the first job is published.
extension JobSubmitter {
    /// Reads a regular file once before it is published, so that either all of its lines are, or none. Standard input cannot
    /// be read twice: its bad lines are skipped when they come.
    func checkLines() throws(SubmitFailure) {
        guard case .lines(let lines) = source, lines.isRepeatable else { return }
        var (count, bad) = (0, [String]())
        var badCount = 0
        reading: while stop.signal == nil {
            switch try next(lines) {
            case .end, .notYet: break reading
            case .tooLong(let number):
                badCount += 1
                if bad.count < Self.namedAtMost { bad.append(tooLong(number)) }
            case .line(let text, let number):
                do throws(JobText.NoJob) {
                    _ = try texts.read(text, spareID: "")
                    count += 1
                } catch {
                    badCount += 1
                    if bad.count < Self.namedAtMost { bad.append("line \(number): \(error)") }
                }
            }
        }
        lines.rewind()
        total = count
        guard badCount > 0 else { return }
        let more = badCount > bad.count ? "\n  and \(badCount - bad.count) more" : ""
        let verdict = badCount == 1 ? "is no job" : "are no jobs"
        throw SubmitFailure(
            badLines: "\(badCount) of \(count + badCount) lines \(verdict), so none was published; correct the file, "
                + "or pass it by standard input, which skips them:\n"
                + bad.map { "  \($0)" }.joined(separator: "\n") + more)
    }

    func next(_ lines: JobLines) throws(SubmitFailure) -> JobLines.Next {
        do throws(FileError) {
            return try lines.next()
        } catch {
            throw SubmitFailure(error)
        }
    }

    func tooLong(_ number: Int) -> String {
        "line \(number): longer than \(configuration.kafka.maxMessageBytes) bytes (kafka.message.max.bytes)"
    }

    func connect() throws(SubmitFailure) -> Clients {
        let reading: [String: String]
        do throws(FileError) { reading = try configuration.readerProperties() } catch { throw SubmitFailure(error) }
        let admin = try asking("brokers", grant: "") { () throws(KafkaError) in try KafkaAdmin(properties: reading) }
        try awaitBrokers(admin)
        let jobPartitions = try partitions(of: configuration.jobsTopic, "jobs.topic", admin)
        let reader = options.waits ? try reader(reading, admin) : nil
        let topic = configuration.jobsTopic
        let producing = try producerProperties(admin)
        let producer = try asking("topic \(topic)", grant: "Write on topic \(topic)") { () throws(KafkaError) in
            try KafkaProducer(properties: producing)
        }
        return Clients(admin: admin, producer: producer, reader: reader, jobPartitions: jobPartitions)
    }

    private func producerProperties(_ admin: KafkaAdmin) throws(SubmitFailure) -> [String: String] {
        let topic = configuration.jobsTopic
        // Whoever may not ask for it publishes with the default.
        let limits = (try? admin.maxMessageBytes(of: [topic], timeout: .seconds(5))) ?? [:]
        do throws(FileError) {
            return try configuration.producerProperties(jobTimeLimit: options.timeout, topicLimit: limits[topic])
        } catch { throw SubmitFailure(error) }
    }

    /// Begins where the partitions end before anything is published.
    private func reader(_ properties: [String: String], _ admin: KafkaAdmin) throws(SubmitFailure) -> KafkaReader {
        let topic = configuration.repliesTopic
        let count = try partitions(of: topic, "replies.topic", admin)
        return try asking("topic \(topic)", grant: "Read and Describe on topic \(topic)") { () throws(KafkaError) in
            var ends: [KafkaOffset] = []
            for number in 0..<Int32(count) {
                let partition = KafkaTopicPartition(topic: topic, partition: number)
                ends.append(
                    KafkaOffset(partition, offset: try admin.offsets(of: partition, timeout: .seconds(10)).end))
            }
            return try KafkaReader(properties: properties, from: ends)
        }
    }

    /// A short try, a word to those who wait, and a longer one.
    private func awaitBrokers(_ admin: KafkaAdmin) throws(SubmitFailure) {
        let servers = configuration.kafka.bootstrapServers
        var cause: KafkaError?
        let limit = min(options.timeout, .seconds(10))
        let first = min(limit, .seconds(3))
        for patience in [first, limit - first] where patience > .zero {
            do throws(KafkaError) {
                _ = try admin.brokers(timeout: patience)
                return
            } catch {
                // librdkafka does not report again what stays the same.
                cause = Self.cause(admin) ?? cause ?? error
                if cause?.code == .authentication { break }
                if patience == first, first < limit {
                    output.notice("waiting for the brokers at \(servers): \(cause?.reason ?? "")")
                }
            }
        }
        guard let cause else { return }
        throw SubmitFailure(
            CheckFinding(
                "no broker answers at \(servers)", cause, grant: "",
                advice: "check kafka.bootstrap.servers, that the brokers run, kafka.security.protocol, and the network "
                    + "between; query-worker check looks at all of it"))
    }

    /// What went wrong on the way, which says more than that nobody answered.
    private static func cause(_ admin: KafkaAdmin) -> KafkaError? {
        let errors = admin.takeErrors().filter { $0.code != .allBrokersDown }
        return errors.first { $0.code == .authentication } ?? errors.last
    }

    private func partitions(of topic: String, _ key: String, _ admin: KafkaAdmin) throws(SubmitFailure) -> Int {
        let count = try asking("topic \(topic)", grant: "Describe on topic \(topic), which may not exist either") {
            () throws(KafkaError) in try admin.partitionCount(of: topic, timeout: .seconds(10))
        }
        if let count { return count }
        throw SubmitFailure(
            CheckFinding(
                .failed(.configuration), "topic \(topic)", "does not exist",
                remedy: "if it has another name, give that: --set \(key)=NAME; else create it: "
                    + configuration.kafka.commandCreating(topic)))
    }

    private func asking<Result>(
        _ subject: String, grant: String, _ call: () throws(KafkaError) -> Result
    ) throws(SubmitFailure) -> Result {
        do throws(KafkaError) {
            return try call()
        } catch {
            throw SubmitFailure(CheckFinding(subject, error, grant: grant))
        }
    }
}
