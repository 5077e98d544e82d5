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

    var topic: String { topics.credentials }

    var storeSettings: [String] { ["credentials.store=kafka", "credentials.key.file=\(keyFile)"] }

    /// Of the store, and of `CredentialTopicFixture.platform`'s component.
    var settings: [String] {
        storeSettings + [
            "component.\(Self.component).secret=component-secret", "component.\(Self.component).accounts=any",
            "kafka.session.timeout.ms=6000",
        ]
    }

    /// - Parameter partitions: of the topic, which is not made if there are none.
    init(
        _ topics: TestTopics, directory: String, partitions: Int32 = 1,
        configuration: [String: String] = ["cleanup.policy": "compact"]
    ) throws {
        self.topics = topics
        keyFile = directory + "/keys"
        if partitions > 0 { try makeTopic(partitions: partitions, configuration: configuration) }
        try writeKeys(["first"])
    }

    private func makeTopic(partitions: Int32, configuration: [String: String]) throws {
        let admin = try topics.admin()
        try admin.createTopic(topic, partitions: partitions, configuration: configuration)
        while try admin.partitionCount(of: topic, timeout: .seconds(10)) != Int(partitions) { usleep(10_000) }
    }

    func makeTopicAnew() async throws {
        try await onOwnThread { [self] in
            let admin = try topics.admin()
            try admin.deleteTopic(topic)
            while try admin.partitionCount(of: topic, timeout: .seconds(10)) != nil { usleep(10_000) }
            try makeTopic(partitions: 1, configuration: ["cleanup.policy": "compact"])
        }
    }

    /// Each id's key is always the same, unless it is to be the wrong one.
    func writeKeys(_ ids: [String], areWrong: Bool = false) throws {
        let lines = ids.map { "\($0):" + Self.key($0 + (areWrong ? "'" : "")).base64EncodedString() }
        try (lines.joined(separator: "\n") + "\n").write(toFile: keyFile + ".new", atomically: false, encoding: .utf8)
        _ = chmod(keyFile + ".new", 0o600)
        rename(keyFile + ".new", keyFile)
    }

    private static func key(_ seed: String) -> Data {
        Data((0..<32).map { UInt8(truncatingIfNeeded: seed.utf8.reduce($0) { $0 &* 31 &+ Int($1) }) })
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

    func publish(_ record: CredentialTopicRecord) async throws {
        try await publish(key: record.key.text, value: record.encode(sealedWith: keys))
    }

    func publishTicket() async throws {
        try await publish(plain: .ticket(component: Self.component, ticket: "t1cket"))
    }

    /// A piece of a token would do: tokens are found by their form, so that those are found too that were replaced.
    private static func showsToken(_ text: String) -> Bool {
        text.contains(/90_[A-Za-z0-9_-]{16}|refresh-wx|access_token=/)
    }

    /// Neither what workers say nor what they write shows a token, or what tokens come from.
    func expectNoSecret(
        saidBy workers: [ChildProcess], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let keys = try String(contentsOfFile: keyFile, encoding: .utf8).split(separator: "\n")
        let secrets =
            ["component-secret", "legacy-secret", "t1cket"] + keys.map { String($0.split(separator: ":")[1]) }
        // Not `lines`, which may have let the first go.
        let said = try workers.flatMap {
            try String(contentsOfFile: $0.logPath, encoding: .utf8).split(separator: "\n").map(String.init)
        }
        #expect(!said.isEmpty, sourceLocation: sourceLocation)
        var one = topics
        one.onlyPartition()
        // Those of the test itself are plain.
        let written = try await one.uncommittedValues(in: topic).filter { $0.contains("credential-record.v1") }
        for text in said + written {
            #expect(
                !Self.showsToken(text) && !secrets.contains { text.contains($0) }, "\(text.prefix(400))",
                sourceLocation: sourceLocation)
        }
        // The form is that of the real ones.
        for case .token(let token) in try await records() {
            if let value = token.accessToken?.value { #expect(Self.showsToken(value), sourceLocation: sourceLocation) }
        }
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

extension TestTopics {
    /// The credential topic, unless another is configured; and the group of those who refresh.
    var credentials: String { group + "-credentials" }
}

extension Sequence<CredentialTopicRecord> {
    /// In the order of the topic.
    func tokens(of name: CredentialName) -> [RefreshedCredentials] {
        compactMap { if case .token(let token) = $0, token.name == name { token } else { nil } }
    }

    /// Generations of the tokens of each account and component, in the order of the topic.
    var generations: [CredentialName: [Int]] {
        reduce(into: [:]) { result, record in
            if case .token(let token) = record, token.accessToken != nil {
                result[token.name, default: []].append(token.generation)
            }
        }
    }

    /// Which instance has made which, as `2 of account wxm1`.
    var intents: [(what: String, instance: String)] {
        compactMap { record in
            guard case .intent(let name, let generation, let instance) = record else { return nil }
            return ("\(generation) of \(name)", instance)
        }
    }
}

extension [RefreshedCredentials] {
    var withoutRepetitions: [RefreshedCredentials] {
        reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
}

extension [Int] {
    /// And none is there twice.
    var isAscending: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }
}
