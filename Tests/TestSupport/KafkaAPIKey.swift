/// Numbers of Kafka's requests, as a `TCPProxy` is told them. The protocol has more than are named here.
package enum KafkaAPIKey {
    package static let produce: Int16 = 0
    package static let fetch: Int16 = 1
    package static let metadata: Int16 = 3
    package static let findCoordinator: Int16 = 10
    package static let heartbeat: Int16 = 12
    package static let addPartitionsToTransaction: Int16 = 24
    package static let addOffsetsToTransaction: Int16 = 25
    package static let endTransaction: Int16 = 26
    package static let commitOffsetsInTransaction: Int16 = 28
}
