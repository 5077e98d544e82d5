internal import Kafka

extension KafkaCheck {
    /// - Returns: besides the findings, how many partitions those topics have that are there.
    func topics(_ admin: KafkaAdmin) -> ([CheckFinding], partitions: [String: Int]) {
        beginning("topics")
        // Whoever may not read them gets no answer to this; then the limits are not compared.
        let limits = (try? admin.maxMessageBytes(of: configuration.topics, timeout: timeout)) ?? [:]
        var partitions: [String: Int] = [:]
        let findings = configuration.topics.map { topic in
            do throws(KafkaError) {
                guard let count = try admin.partitionCount(of: topic, timeout: timeout) else {
                    return CheckFinding(
                        .failed(.configuration), topicSubject(topic), "does not exist",
                        remedy: "create it: \(configuration.commandCreating(topic))")
                }
                partitions[topic] = count
                return finding(topic, partitions: count, limits: limits)
            } catch {
                return CheckFinding(
                    topicSubject(topic), error, grant: "Describe on topic \(topic), which may not exist either")
            }
        }
        return (findings, partitions)
    }

    /// Of `credentials.store=kafka`; nothing with the other stores.
    func credentialTopic(_ admin: KafkaAdmin) -> [CheckFinding] {
        guard let check = configuration.credentialTopicCheck else { return [] }
        let subject = topicSubject(check.topic)
        do throws(KafkaError) {
            switch try check.verdict(admin, timeout: timeout) {
            case .compacted: return [CheckFinding(.ok, subject, "1 partition, compacted")]
            case .unknown:
                return [
                    CheckFinding(
                        .warning, subject, "1 partition; whether it is compacted may not be read",
                        remedy: "grant DescribeConfigs on it, or see to it that its cleanup.policy is compact")
                ]
            case .wrong(let found, let remedy):
                return [CheckFinding(.failed(.configuration), subject, found, remedy: remedy)]
            }
        } catch {
            return [CheckFinding(subject, error, grant: "Describe and DescribeConfigs on topic \(check.topic)")]
        }
    }

    private func finding(_ topic: String, partitions: Int, limits: [String: Int]) -> CheckFinding {
        let count = "\(partitions) \(partitions == 1 ? "partition" : "partitions")"
        guard let limit = limits[topic] else { return CheckFinding(.ok, topicSubject(topic), count) }
        let found = "\(count), max.message.bytes \(limit)"
        guard let jobLimit = limits[configuration.jobsTopic], limit < jobLimit else {
            return CheckFinding(.ok, topicSubject(topic), found)
        }
        let loss = topic == configuration.deadLetterTopic ? "large records are kept cut" : "a large reply may not fit"
        return CheckFinding(
            .warning, topicSubject(topic), "\(found), less than the job topic's \(jobLimit): \(loss)",
            remedy: "raise it: kafka-configs.sh --bootstrap-server \(configuration.kafka.bootstrapServers) --alter "
                + "--topic \(topic) --add-config max.message.bytes=\(jobLimit)")
    }

    /// - Parameter partitions: nil where the job topic is not there, or may not be seen.
    func read(_ partitions: Int?, _ properties: Properties) -> [CheckFinding] {
        guard partitions != nil else { return skipped([readSubject], "see topic \(configuration.jobsTopic)") }
        beginning("the job topic")
        do throws(KafkaError) {
            // Permission is given for topics, so one partition tells of all.
            try KafkaReadProbe.run(
                properties: properties.consumer,
                partition: KafkaTopicPartition(topic: configuration.jobsTopic, partition: 0), timeout: timeout)
            return [CheckFinding(.ok, readSubject, "permitted")]
        } catch {
            return [CheckFinding(readSubject, error, grant: "Read on topic \(configuration.jobsTopic)")]
        }
    }
}
