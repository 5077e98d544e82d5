internal import Foundation
package import Testing

/// The real Kafka broker that integration tests use. `Tests/run.sh` starts one and names it in `KAFKA_BOOTSTRAP`.
package enum KafkaBroker {
    /// `host:port`, or nil if there is no broker.
    package static var bootstrap: String? {
        let value = ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP"]
        return value?.isEmpty == false ? value : nil
    }

    package static var isAvailable: Bool { bootstrap != nil }
}

extension Trait where Self == ConditionTrait {
    /// Skips a test or suite where no real broker is at hand.
    package static var needsKafka: Self {
        .enabled(if: KafkaBroker.isAvailable, "needs a Kafka broker: set KAFKA_BOOTSTRAP, or use Tests/run.sh")
    }

    /// Skips a test or suite that starts brokers of its own, with `withKafkaCluster`, where they cannot be had.
    package static var needsKafkaJars: Self {
        .enabled(if: KafkaJars.isAvailable, "needs Kafka's jars and java: set KAFKA_LIBS, or use Tests/run.sh")
    }
}
