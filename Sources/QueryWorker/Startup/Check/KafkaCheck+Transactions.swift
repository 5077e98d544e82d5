internal import Kafka

extension KafkaCheck {
    /// - Parameter topics: those that are there, and may be seen.
    func transactions(_ topics: Set<String>, _ properties: Properties) -> [CheckFinding] {
        switch configuration.delivery {
        case .exactlyOnce: exactlyOnce(topics, properties)
        case .atLeastOnce: atLeastOnce(properties)
        }
    }

    /// An id of its own: that of a worker would fence the worker.
    private var transactionalID: String {
        "\(configuration.kafka.groupID)-\(configuration.instanceID ?? "check")-check"
    }

    private func exactlyOnce(_ topics: Set<String>, _ properties: Properties) -> [CheckFinding] {
        beginning("transactions")
        do throws(KafkaError) {
            let producer = try KafkaProducer(
                properties: KafkaProducer.writeProbeProperties(
                    properties.producer.merging(["transactional.id": transactionalID]) { _, ours in ours },
                    transactionTimeout: configuration.kafka.transactionTimeout))
            defer { producer.close() }
            try producer.initTransactions(timeout: timeout)
            return [CheckFinding(.ok, transactionsSubject, "supported and permitted (as \(transactionalID))")]
                + configuration.writtenTopics.map { topic in
                    topics.contains(topic)
                        ? write(topic, producer) : CheckFinding(.skipped, writeSubject(topic), "see topic \(topic)")
                }
        } catch {
            return [failure(error)]
                + skipped(configuration.writtenTopics.map(writeSubject), "no transaction could be had")
        }
    }

    private func write(_ topic: String, _ producer: KafkaProducer) -> CheckFinding {
        beginning("topic \(topic)")
        do throws(KafkaError) {
            try producer.probeWriting(
                to: topic, patience: min(.seconds(1), configuration.kafka.transactionTimeout / 4), timeout: timeout)
            return CheckFinding(.ok, writeSubject(topic), "permitted")
        } catch {
            if error.isFencing {
                return CheckFinding(
                    .skipped, writeSubject(topic), "another check runs at the same time, as \(transactionalID)")
            }
            return CheckFinding(writeSubject(topic), error, grant: "Write on topic \(topic)")
        }
    }

    private func failure(_ error: KafkaError) -> CheckFinding {
        if error.code == .unsupportedFeature {
            return CheckFinding(
                .failed(.configuration), transactionsSubject, "the brokers know no transactions: \(error.reason)",
                remedy: "set delivery=at-least-once, or use Kafka 2.5 or later")
        }
        return CheckFinding(
            transactionsSubject, error,
            grant: "Write and Describe on all transactional ids that begin with \(configuration.kafka.groupID)-",
            advice: "look at the brokers' log; with fewer than three brokers, transaction.state.log.replication.factor "
                + "and transaction.state.log.min.isr must fit their number")
    }

    private func atLeastOnce(_ properties: Properties) -> [CheckFinding] {
        let reason = "delivery=at-least-once"
        do throws(KafkaError) {
            try KafkaProducer(properties: properties.producer).close()
            return skipped([transactionsSubject], "none with \(reason)")
                + skipped(configuration.writtenTopics.map(writeSubject), "with \(reason) only a record would tell")
        } catch {
            return [failure(error)] + skipped(configuration.writtenTopics.map(writeSubject), "no producer could be had")
        }
    }
}
