internal import CRdKafka

/// Asks and changes what a cluster holds: topics, records, what groups have committed. Its calls block, so it belongs
/// off the loop.
///
/// Every call takes a time limit, and throws `timedOut` or `transport` when no broker answers within it; `takeErrors`
/// then tells what went wrong on the way to the brokers.
package final class KafkaAdmin {
    let client: OpaquePointer
    private let main: RDKafkaQueue
    private let properties: [String: String]
    private let credentials: KafkaCredentials?
    private var forGroup: KafkaAdmin?

    /// - Parameters:
    ///   - properties: connection properties; no group is needed.
    ///   - credentials: in place of those among the properties, once they have changed.
    /// - Throws: `KafkaError` with `property` set where a property is refused.
    package init(properties: [String: String], credentials: KafkaCredentials? = nil) throws(KafkaError) {
        self.properties = properties
        self.credentials = credentials
        // A consumer's handle: a producer's would ask the brokers to create the topics that it asks about.
        let conf = try RDKafkaConf(credentials?.inForce(in: properties) ?? properties)
        // What goes wrong is thrown; librdkafka's own lines would go to standard error, among the logs.
        try conf.set("log_level", to: "0")
        conf.enableEvents(RD_KAFKA_EVENT_ERROR)
        client = try conf.makeClient(RD_KAFKA_CONSUMER)
        main = RDKafkaQueue(rd_kafka_queue_get_main(client))
        credentials?.add(client)
    }

    deinit {
        main.close()
        credentials?.remove(client)
        rd_kafka_destroy(client)
    }

    /// What the client met since the last call: connections refused, names not resolved, credentials not accepted.
    package func takeErrors() -> [KafkaError] {
        var errors: [KafkaError] = []
        while let event = main.poll(milliseconds: 0) {
            if let error = event.error { errors.append(error) }
        }
        return errors
    }

    /// The admin for requests about `group`: one whose client names that group, though it never joins it.
    ///
    /// In a client without a group librdkafka (2.0.2, and later ones too) follows a null pointer as soon as a broker answers
    /// such a request by "not the coordinator", as all do while the cluster's first group is made (its issue 5040).
    func admin(for group: String) throws(KafkaError) -> KafkaAdmin {
        if properties["group.id"] == group { return self }
        if let forGroup, forGroup.properties["group.id"] == group { return forGroup }
        let admin = try KafkaAdmin(
            properties: properties.merging(["group.id": group]) { _, group in group }, credentials: credentials)
        forGroup = admin
        return admin
    }

    /// Sends one of librdkafka's admin requests and waits for what it brings.
    /// - Parameters:
    ///   - subject: completes "no answer to …".
    ///   - configure: for options that only this kind of request has.
    ///   - send: gets the options and the queue for the answer.
    func answer(
        to operation: rd_kafka_admin_op_t, _ subject: String, timeout: Duration,
        configure: (OpaquePointer?) throws(KafkaError) -> Void = { _ in },
        _ send: (_ options: OpaquePointer?, _ queue: OpaquePointer) -> Void
    ) throws(KafkaError) -> RDKafkaEvent {
        let options = rd_kafka_AdminOptions_new(client, operation)
        defer { rd_kafka_AdminOptions_destroy(options) }
        let text = CText(size: 512)
        rd_kafka_AdminOptions_set_request_timeout(options, timeout.milliseconds, text.start, text.size)
        // How long brokers may take to carry it out. Refused, without harm, where the request knows no such limit.
        rd_kafka_AdminOptions_set_operation_timeout(options, timeout.milliseconds, text.start, text.size)
        try configure(options)
        // A queue for this request alone: an answer that comes too late must not be taken for the next one's.
        let queue = RDKafkaQueue(rd_kafka_queue_new(client))
        defer { queue.close() }
        send(options, queue.pointer)
        guard let event = queue.poll(milliseconds: timeout.milliseconds + 1_000) else {
            throw KafkaError(code: .timedOut, reason: "no answer to \(subject)")
        }
        if let error = event.error { throw error }
        return event
    }
}
