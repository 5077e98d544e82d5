/// What all brokers of a `KafkaCluster` have in their server.properties: as many replicas as there are brokers, and
/// short times, so that a failover takes seconds.
struct KafkaClusterProperties {
    let text: String

    /// - Parameter others: added, or put in the place of what is here.
    init(nodes: [KafkaClusterNode], others: [String: String]) {
        let voters = nodes.map { "\($0.number)@127.0.0.1:\($0.controllerPort.number)" }.joined(separator: ",")
        let all = Self.fixed.merging(Self.replication(brokers: nodes.count)) { $1 }
            .merging(["controller.quorum.voters": voters]) { $1 }
            .merging(others) { $1 }
        text = all.map { "\($0)=\($1)\n" }.sorted().joined()
    }

    /// With 3 brokers one may be lost without the loss of a record, or of service.
    private static func replication(brokers: Int) -> [String: String] {
        let all = "\(brokers)"
        let most = "\(brokers / 2 + 1)"
        return [
            "default.replication.factor": all,
            "min.insync.replicas": most,
            "offsets.topic.replication.factor": all,
            "transaction.state.log.replication.factor": all,
            "transaction.state.log.min.isr": most,
            "share.coordinator.state.topic.replication.factor": all,
            "share.coordinator.state.topic.min.isr": most,
        ]
    }

    private static let fixed = [
        "process.roles": "broker,controller",
        "listener.security.protocol.map": "DIRECT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "DIRECT",
        "controller.listener.names": "CONTROLLER",
        "auto.create.topics.enable": "false",
        "unclean.leader.election.enable": "false",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.num.partitions": "4",
        // A broker that is silent for 3 seconds loses its partitions, a controller its office after 1.
        "broker.heartbeat.interval.ms": "500",
        "broker.session.timeout.ms": "3000",
        "controller.quorum.fetch.timeout.ms": "1000",
        "controller.quorum.election.timeout.ms": "500",
        "controller.quorum.election.backoff.max.ms": "500",
        "controller.quorum.request.timeout.ms": "1000",
        "replica.lag.time.max.ms": "5000",
        "group.initial.rebalance.delay.ms": "0",
        // So that tests may have members whose loss shows soon.
        "group.min.session.timeout.ms": "1000",
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
        // Small machines: few threads, and not the 128 MiB that the cleaner takes for itself.
        "num.network.threads": "1",
        "num.io.threads": "2",
        "background.threads": "2",
        "log.cleaner.dedupe.buffer.size": "2097152",
    ]
}
