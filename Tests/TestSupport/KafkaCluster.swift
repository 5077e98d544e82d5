internal import Foundation

/// Real Kafka brokers of a test's own (KRaft, each broker a controller too), which it may kill, hang and cut off.
///
/// Life: `withKafkaCluster` starts them, hands them to the body, and leaves no process and no file. What a broker printed
/// stays with the output of the other child processes.
/// Every client that starts from `bootstrap` speaks through the brokers' proxies, with each broker and coordinator: a
/// broker names its proxy to clients that came through one. Brokers speak with each other directly.
/// Callable from any thread. Brokers are numbered from 1.
package final class KafkaCluster: Sendable {
    package struct NoJars: Error {}

    /// For clients: the proxies of all brokers.
    package let bootstrap: String
    /// For the test's own checks, which what the proxies do shall not reach: all brokers.
    package let directBootstrap: String
    private let nodes: [KafkaClusterNode]
    private let folder: String

    fileprivate init(brokers: Int) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "kafka-cluster-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        nodes = (1...brokers).map { [folder] in KafkaClusterNode(number: $0, clusterFolder: folder) }
        bootstrap = nodes.map { "127.0.0.1:\($0.proxy.port)" }.joined(separator: ",")
        directBootstrap = nodes.map { "127.0.0.1:\($0.directPort.number)" }.joined(separator: ",")
    }

    package var brokers: ClosedRange<Int> { 1...nodes.count }

    package var proxies: [TCPProxy] { nodes.map(\.proxy) }

    package func proxy(of broker: Int) -> TCPProxy { node(broker).proxy }

    // MARK: Faults

    /// SIGKILL; returns once the process is gone. Its connections are reset, its data stay.
    package func kill(_ broker: Int) async throws { try await node(broker).kill() }

    /// Starts a broker again on its data, and waits until it serves clients. Kills it before, if it still runs.
    ///
    /// It has to catch up before it counts as a replica in sync. To kill the next one before that loses nothing, but
    /// partitions may be without a leader until one comes back.
    package func restart(_ broker: Int, timeout: Duration = .seconds(60)) async throws {
        try await node(broker).kill()
        try node(broker).start()
        try await node(broker).waitUntilReady(timeout: timeout)
    }

    /// SIGSTOP: hangs a broker, connections open, until `resume`. After 3 seconds others have taken over from it.
    package func suspend(_ broker: Int) { node(broker).suspend() }

    package func resume(_ broker: Int) { node(broker).resume() }

    // MARK: Start and end

    /// Waits until every broker that was started serves clients; with all of them, topics can be created.
    package func waitUntilReady(timeout: Duration = .seconds(60)) async throws {
        for node in nodes { try await node.waitUntilReady(timeout: timeout) }
    }

    fileprivate func start(_ properties: [String: String]) async throws {
        let shared = KafkaClusterProperties(nodes: nodes, others: properties)
        try await withThrowingTaskGroup { group in
            for node in nodes {
                group.addTask {
                    try await node.format(shared)
                    try node.start()
                }
            }
            try await group.waitForAll()
        }
        try await waitUntilReady()
    }

    fileprivate func end() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for node in nodes { try await node.kill() }
        for node in nodes { node.proxy.stop() }
    }

    private func node(_ broker: Int) -> KafkaClusterNode {
        precondition(brokers.contains(broker), "there is no broker \(broker)")
        return nodes[broker - 1]
    }
}

/// Starts a cluster for as long as `body` takes. Where there are no jars it throws: see the trait `needsKafkaJars`.
///
/// - Parameters:
///   - brokers: 1, or 3, which give each topic 3 replicas of which 2 must be in sync. Java takes a quarter of a gigabyte
///     for each.
///   - properties: of the brokers, beside those in `KafkaClusterProperties` or instead of them.
package func withKafkaCluster<Result>(
    brokers: Int, properties: [String: String] = [:], _ body: (KafkaCluster) async throws -> Result
) async throws -> Result {
    let cluster = try KafkaCluster(brokers: brokers)
    let result: Result
    do {
        try await cluster.start(properties)
        result = try await body(cluster)
    } catch {
        try await cluster.end()
        throw error
    }
    try await cluster.end()
    return result
}
