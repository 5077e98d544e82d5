/// What the worker knows of librdkafka's properties: which it gives itself, which it keeps to itself, which are secret.
enum KafkaProperties {
    /// A property that the worker's promises rest on: set by the worker, refused from the operator.
    struct Owned: Sendable {
        let name: String
        var consumer: String?
        var producer: String?
        /// Follows "cannot be set: ".
        let reason: String
    }

    static let owned: [Owned] = [
        Owned(
            name: "enable.auto.commit", consumer: "false",
            reason: "offsets are committed together with the replies, never on a timer"),
        Owned(name: "auto.commit.enable", reason: "it is the old name of enable.auto.commit, which the worker owns"),
        Owned(
            name: "enable.auto.offset.store", consumer: "false",
            reason: "an offset counts as done when its reply is published, not when it is fetched"),
        Owned(name: "offset.store.method", reason: "offsets are kept by Kafka, in the transaction of the replies"),
        Owned(
            name: "isolation.level", consumer: "read_committed",
            reason: "jobs of transactions that were aborted must not be answered"),
        Owned(
            name: "auto.offset.reset", consumer: "error",
            reason: "a group without offsets begins at the first record, and no position ever jumps silently"),
        Owned(
            name: "enable.idempotence", producer: "true",
            reason: "the producer's own retries must not double a reply"),
        Owned(name: "acks", reason: "a reply counts when all in-sync replicas have it"),
        Owned(name: "request.required.acks", reason: "it is another name of acks, which the worker owns"),
        Owned(
            name: "transactional.id",
            reason: "it is <kafka.group.id>-<instance.id>; set instance.id if the host's name will not do"),
        Owned(
            name: "statistics.interval.ms",
            reason: "the statistics tell the worker whether a broker was heard; its interval follows readiness.timeout"),
        Owned(name: "metadata.broker.list", reason: "it is another name of kafka.bootstrap.servers; set that"),
    ]

    /// What librdkafka gets unless the operator says otherwise.
    static func defaults(for role: Role) -> [String: String] {
        let common = ["socket.nagle.disable": "true", "topic.metadata.refresh.interval.ms": "60000"]
        let own =
            switch role {
            case .common: [String: String]()
            case .consumer:
                [
                    // A member learns of a rebalance by its next heartbeat: the group waits that long for each.
                    "heartbeat.interval.ms": "250",
                    "partition.assignment.strategy": "range", "queued.min.messages": "20000",
                ]
            case .producer:
                [
                    "partitioner": "murmur2_random", "retry.backoff.ms": "10",
                    "transaction.timeout.ms": "10000",
                ]
            }
        return common.merging(own) { _, own in own }
    }

    /// What a client is for; `common` holds what fits any, for clients that only ask and administer.
    enum Role: CaseIterable, Sendable {
        case common
        case consumer
        case producer
    }

    /// Whether a client of that role knows the property. librdkafka warns of those that belong to the other side.
    static func applies(_ property: String, to role: Role) -> Bool {
        switch role {
        case .common: !consumerOnly.contains(property) && !producerOnly.contains(property)
        case .consumer: !producerOnly.contains(property)
        case .producer: !consumerOnly.contains(property)
        }
    }

    private static let consumerOnly: Set = [
        "auto.commit.interval.ms", "check.crcs", "consume.callback.max.messages", "coordinator.query.interval.ms",
        "enable.partition.eof", "fetch.error.backoff.ms", "fetch.max.bytes", "fetch.message.max.bytes",
        "fetch.min.bytes", "fetch.queue.backoff.ms", "fetch.wait.max.ms", "group.id", "group.instance.id",
        "group.protocol", "group.protocol.type", "group.remote.assignor", "heartbeat.interval.ms",
        "max.partition.fetch.bytes", "max.poll.interval.ms", "partition.assignment.strategy",
        "queued.max.messages.kbytes", "queued.min.messages", "session.timeout.ms",
    ]

    private static let producerOnly: Set = [
        "batch.num.messages", "batch.size", "compression.codec", "compression.level", "compression.type",
        "delivery.report.only.error", "delivery.timeout.ms", "enable.gapless.guarantee", "linger.ms",
        "message.send.max.retries", "message.timeout.ms", "partitioner", "queue.buffering.backpressure.threshold",
        "queue.buffering.max.kbytes", "queue.buffering.max.messages", "queue.buffering.max.ms", "queuing.strategy",
        "request.timeout.ms", "retries", "sticky.partitioning.linger.ms", "transaction.timeout.ms",
    ]

    /// For the nearest to a misspelt one: those that operators set.
    static let names: [String] =
        [
            "bootstrap.servers", "broker.address.family", "client.id", "client.rack", "debug",
            "enable.ssl.certificate.verification", "log_level", "message.max.bytes", "metadata.max.age.ms",
            "reconnect.backoff.max.ms", "reconnect.backoff.ms", "retry.backoff.ms", "sasl.kerberos.keytab",
            "sasl.kerberos.principal", "sasl.kerberos.service.name", "sasl.mechanism", "sasl.mechanisms",
            "sasl.oauthbearer.config", "sasl.password", "sasl.username", "security.protocol", "socket.keepalive.enable",
            "socket.nagle.disable", "socket.timeout.ms", "ssl.ca.location", "ssl.certificate.location",
            "ssl.endpoint.identification.algorithm", "ssl.key.location", "ssl.key.password",
            "topic.metadata.refresh.interval.ms",
        ] + consumerOnly.sorted() + producerOnly.sorted()

    /// The names that an environment variable cannot tell from one with a dot.
    static let namesWithUnderscore = ["log_level"]

    /// By words in the name, so that properties of later versions are hidden too.
    static func isSecret(_ property: String) -> Bool {
        let words = ["password", "passphrase", "secret", "key.pem", "jaas", "oauthbearer.config"]
        return !property.hasSuffix(".file") && words.contains { property.contains($0) }
    }
}
