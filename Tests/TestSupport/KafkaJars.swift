internal import Foundation

/// What it takes to start Kafka brokers: Java, and the folder of jars that `Tests/run.sh` names in `KAFKA_LIBS`.
package enum KafkaJars {
    package static var folder: String? {
        let value = ProcessInfo.processInfo.environment["KAFKA_LIBS"]
        return value?.isEmpty == false ? value : nil
    }

    /// Path of the first `java` in PATH.
    package static var java: String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { $0 + "/java" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    package static var isAvailable: Bool { folder != nil && java != nil }
}
