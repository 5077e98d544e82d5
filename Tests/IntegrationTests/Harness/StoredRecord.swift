internal import Kafka

/// A record as it lies on a topic.
struct StoredRecord: Hashable {
    let key: [UInt8]?
    let value: [UInt8]?
    let headers: [KafkaHeader]

    init(_ message: borrowing KafkaMessage) {
        key = message.key
        value = message.value
        headers = message.headers
    }

    var text: String { String(decoding: value ?? [], as: UTF8.self) }

    func header(_ name: String) -> [UInt8]? { headers.last { $0.name == name }?.value }
}
