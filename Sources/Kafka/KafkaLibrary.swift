internal import CRdKafka

/// The librdkafka that this process runs with, which may be newer than the one it was built with.
package enum KafkaLibrary {
    /// Major, minor, revision.
    package static var version: (Int, Int, Int) {
        let number = Int(rd_kafka_version())
        return (number >> 24 & 0xFF, number >> 16 & 0xFF, number >> 8 & 0xFF)
    }

    /// As it calls itself: `2.0.2`.
    package static var versionText: String { String(cString: rd_kafka_version_str()) }
}
