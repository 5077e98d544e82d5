internal import Foundation
internal import Kafka

/// A reply as a reader has it, taken apart by Foundation, which shares no code with the worker's JSON.
struct Reply: Sendable {
    let text: String
    let key: [UInt8]?
    let headers: [KafkaHeader]
    let partition: Int32
    /// When the test read it.
    let readAt = ContinuousClock.now
    let jobID: String?
    let outcome: String?
    let kind: String?
    let message: String?
    let account: String?
    let attempts: Int
    let retryAt: String?
    let durationMilliseconds: Int
    /// Seconds since 2001; 0 where it can't be read.
    let completedAt: Double
    let source: Source

    struct Source: Hashable {
        let partition: Int
        let offset: Int
    }

    init(_ message: borrowing KafkaMessage) {
        let value = message.withValue { $0.map { Data($0) } ?? Data() }
        text = String(decoding: value, as: UTF8.self)
        key = message.key
        headers = message.headers
        partition = message.partition
        let object = (try? JSONSerialization.jsonObject(with: value)) as? [String: Any] ?? [:]
        let error = object["error"] as? [String: Any]
        let source = object["source"] as? [String: Any]
        jobID = object["job_id"] as? String
        outcome = object["outcome"] as? String
        kind = error?["kind"] as? String
        self.message = error?["message"] as? String
        account = object["account"] as? String
        attempts = object["attempts"] as? Int ?? -1
        retryAt = error?["retry_at"] as? String
        durationMilliseconds = object["duration_ms"] as? Int ?? -1
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        completedAt =
            (object["completed_at"] as? String).flatMap { try? style.parse($0) }?.timeIntervalSinceReferenceDate ?? 0
        self.source = Source(
            partition: source?["partition"] as? Int ?? -1, offset: source?["offset"] as? Int ?? -1)
    }

    func header(_ name: String) -> [UInt8]? { headers.last { $0.name == name }?.value }
}
