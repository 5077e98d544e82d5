/// A record to produce.
package struct KafkaRecord: Sendable {
    package var topic: String
    /// nil: chosen by the configured partitioner, from the key.
    package var partition: Int32?
    package var key: [UInt8]?
    /// nil: a tombstone.
    package var value: [UInt8]?
    package var headers: [KafkaHeader]

    package init(
        topic: String, partition: Int32? = nil, key: [UInt8]? = nil, value: [UInt8]?, headers: [KafkaHeader] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
    }
}

package struct KafkaHeader: Hashable, Sendable {
    package var name: String
    package var value: [UInt8]?

    package init(name: String, value: [UInt8]?) {
        self.name = name
        self.value = value
    }

    package init(_ name: String, _ text: String) {
        self.init(name: name, value: Array(text.utf8))
    }
}
