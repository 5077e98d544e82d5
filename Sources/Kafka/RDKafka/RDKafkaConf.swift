internal import CRdKafka

/// `rd_kafka_conf_t`: the properties of a client that is about to be made.
struct RDKafkaConf: ~Copyable {
    private let pointer: OpaquePointer

    init(_ properties: [String: String]) throws(KafkaError) {
        self.init()
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) { try set(name, to: value) }
    }

    init() { pointer = rd_kafka_conf_new() }

    deinit { rd_kafka_conf_destroy(pointer) }

    func set(_ name: String, to value: String) throws(KafkaError) {
        let text = CText(size: 512)
        let result = rd_kafka_conf_set(pointer, name, value, text.start, text.size)
        if result != RD_KAFKA_CONF_OK {
            throw KafkaError(code: .invalidArgument, reason: text.string, property: name)
        }
    }

    /// The kinds of events that the client delivers to its queues; no callback is ever registered.
    func enableEvents(_ events: Int32) { rd_kafka_conf_set_events(pointer, events) }

    /// Makes the client, which takes the configuration over. `rd_kafka_new` frees it only when it succeeds.
    consuming func makeClient(_ type: rd_kafka_type_t) throws(KafkaError) -> OpaquePointer {
        let text = CText(size: 512)
        guard let client = rd_kafka_new(type, pointer, text.start, text.size) else {
            _ = consume self
            throw KafkaError(code: .invalidArgument, reason: text.string)
        }
        discard self
        return client
    }
}

/// A buffer for the texts that C functions hand out.
struct CText: ~Copyable {
    let start: UnsafeMutablePointer<CChar>
    let size: Int

    init(size: Int) {
        self.size = size
        start = .allocate(capacity: size)
        start.initialize(repeating: 0, count: size)
    }

    deinit { start.deallocate() }

    var string: String { String(cString: start) }
}
