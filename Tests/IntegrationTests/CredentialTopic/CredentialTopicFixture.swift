internal import EventLoop
internal import Foundation
internal import Glibc
internal import Kafka
internal import QueryWorker
internal import TestSupport
internal import Testing
internal import WeChat

/// A credential topic, the file of its keys, and what comes to it from outside.
struct CredentialTopicFixture: Sendable {
    static let component = "wxcomponent1"
    static let platform = ["--component", "\(component)=component-secret", "--ticket", "\(component)=t1cket"]

    let topics: TestTopics
    let keyFile: String

    var topic: String { topics.group + "-credentials" }

    /// Beside those of `CredentialTopicFixture.platform`'s component.
    var settings: [String] {
        [
            "credentials.store=kafka", "credentials.key.file=\(keyFile)",
            "component.\(Self.component).secret=component-secret", "component.\(Self.component).accounts=any",
            "kafka.session.timeout.ms=6000",
        ]
    }

    init(_ topics: TestTopics, directory: String, configuration: [String: String] = ["cleanup.policy": "compact"])
        throws
    {
        self.topics = topics
        keyFile = directory + "/keys"
        let admin = try topics.admin()
        try admin.createTopic(topic, partitions: 1, configuration: configuration)
        while try admin.partitionCount(of: topic, timeout: .seconds(10)) != 1 { usleep(10_000) }
        try writeKeys(["first"])
    }

    /// Each id's key is always the same.
    func writeKeys(_ ids: [String]) throws {
        let lines = ids.map { id in
            "\(id):"
                + Data((0..<32).map { UInt8(truncatingIfNeeded: id.utf8.reduce($0) { $0 &* 31 &+ Int($1) }) })
                .base64EncodedString()
        }
        try (lines.joined(separator: "\n") + "\n").write(toFile: keyFile + ".new", atomically: false, encoding: .utf8)
        _ = chmod(keyFile + ".new", 0o600)
        rename(keyFile + ".new", keyFile)
    }

    var keys: CredentialKeys {
        get throws { try CredentialKeys(file: Array(Data(contentsOf: URL(fileURLWithPath: keyFile)))) }
    }

    /// As an event receiver does it that knows no key.
    func publish(plain event: CredentialEvent) async throws {
        try await publish(key: CredentialTopicRecord.event(event, receivedAt: nil).key.text, value: event.json)
    }

    func publish(key: String, value: [UInt8]?) async throws {
        try await topics.publish([KafkaRecord(topic: topic, partition: 0, key: Array(key.utf8), value: value)])
    }

    func publishTicket() async throws {
        try await publish(plain: .ticket(component: Self.component, ticket: "t1cket"))
    }

    /// All that is on it, as far as it can be read.
    func records() async throws -> [CredentialTopicRecord] {
        let keys = try keys
        var one = topics
        one.onlyPartition()
        return try await one.allRecords(in: topic) { message in
            let key = try? CredentialTopicKey(recordKey: message.key)
            return key.flatMap { key in
                message.value.flatMap { try? CredentialTopicRecord(key: key, value: $0, keys: keys) }
            }
        }.compactMap { $0 }
    }
}

extension Sequence<CredentialTopicRecord> {
    /// Generations of the tokens of each account and component, in the order of the topic.
    var generations: [CredentialName: [Int]] {
        reduce(into: [:]) { result, record in
            if case .token(let token) = record, token.accessToken != nil {
                result[token.name, default: []].append(token.generation)
            }
        }
    }
}
