internal import CRdKafka
internal import Glibc

extension KafkaAdmin {
    /// The brokers of the cluster, as they call themselves: not those of `bootstrap.servers`, but those that clients
    /// must be able to reach.
    package func brokers(timeout: Duration) throws(KafkaError) -> [KafkaBrokerAddress] {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        try check(rd_kafka_metadata(client, 0, nil, &metadata, timeout.milliseconds))
        defer { rd_kafka_metadata_destroy(metadata) }
        guard let list = metadata?.pointee else { return [] }
        return UnsafeBufferPointer(start: list.brokers, count: Int(list.broker_cnt)).map { broker in
            KafkaBrokerAddress(id: broker.id, host: String(cString: broker.host), port: Int(broker.port))
        }.sorted { $0.id < $1.id }
    }

    /// How many consumers are members of a group now; 0 too for a group that does not exist.
    package func memberCount(of group: String, timeout: Duration = .seconds(15)) throws(KafkaError) -> Int {
        let admin = try admin(for: group)
        return try whenCoordinatorIsReady(within: timeout) { timeout throws(KafkaError) in
            let event = try admin.answer(
                to: RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, "the question for group \(group)", timeout: timeout
            ) { options, queue in
                group.withCString { name in
                    var names: [UnsafePointer<CChar>?] = [name]
                    rd_kafka_DescribeConsumerGroups(admin.client, &names, 1, options, queue)
                }
            }
            return try event.memberCount()
        }
    }

    /// Asks again while the broker that keeps a group is only just becoming its coordinator: after the cluster's first
    /// use of groups, and after a broker went away. librdkafka reports that as an error of the request.
    func whenCoordinatorIsReady<Result>(
        within timeout: Duration, _ call: (_ rest: Duration) throws(KafkaError) -> Result
    ) throws(KafkaError) -> Result {
        let deadline = ContinuousClock.now + timeout
        while true {
            do {
                return try call(max(deadline - .now, .milliseconds(100)))
            } catch {
                let passing: [KafkaError.Code] = [.coordinatorLoading, .coordinatorNotAvailable, .notCoordinator]
                guard passing.contains(error.code), .now < deadline else { throw error }
                usleep(50_000)
            }
        }
    }
}

/// Where a broker says that it can be reached.
package struct KafkaBrokerAddress: Hashable, Sendable, CustomStringConvertible {
    package let id: Int32
    package let host: String
    package let port: Int

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
