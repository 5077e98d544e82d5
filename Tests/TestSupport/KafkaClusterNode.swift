internal import Foundation
internal import Synchronization

/// One broker of a `KafkaCluster`, which is a controller too: its ports, its folder, its proxy, and the process while
/// there is one.
final class KafkaClusterNode: Sendable {
    let number: Int
    /// Where the other brokers connect, and a test's own checks.
    let directPort = ReservedPort()
    let controllerPort = ReservedPort()
    let proxy: TCPProxy
    private let proxiedPort = ReservedPort()
    private let folder: String
    private let process = Mutex<ChildProcess?>(nil)

    /// - Parameter clusterFolder: exists, and is removed by its owner.
    init(number: Int, clusterFolder: String) {
        self.number = number
        folder = "\(clusterFolder)/\(number)"
        proxy = TCPProxy(to: proxiedPort.number, protocol: .kafka)
    }

    /// Writes the configuration and makes the empty log folder, once.
    func format(_ shared: KafkaClusterProperties) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let properties = shared.text + ownProperties.map { "\($0)=\($1)\n" }.sorted().joined()
        try properties.write(toFile: propertiesFile, atomically: false, encoding: .utf8)
        try Self.logging.write(toFile: loggingFile, atomically: false, encoding: .utf8)
        // Any 16 bytes in base64 will do for the cluster's id.
        let arguments = ["format", "--cluster-id", "cXVlcnktd29ya2VyLXRzdA", "--config", propertiesFile]
        let tool = try start("kafka.tools.StorageTool", arguments)
        let status = try await tool.waitForExit()
        guard status == 0 else {
            throw ChildProcessError.exited(
                status: status, expected: "the log folder was formatted", lastLines: tool.lines.map(\.text))
        }
    }

    private var ownProperties: [String: String] {
        [
            "node.id": "\(number)",
            "log.dirs": folder + "/data",
            "listeners": "DIRECT://127.0.0.1:\(directPort.number),PROXIED://127.0.0.1:\(proxiedPort.number),"
                + "CONTROLLER://127.0.0.1:\(controllerPort.number)",
            // What a broker tells its clients: those that came through a proxy are sent to proxies again.
            "advertised.listeners": "DIRECT://127.0.0.1:\(directPort.number),PROXIED://127.0.0.1:\(proxy.port)",
        ]
    }

    // MARK: The process

    /// Starts the broker on its data.
    func start() throws {
        try process.withLock { $0 = try start("kafka.Kafka", [propertiesFile]) }
    }

    /// Waits until the broker serves clients. It says so once it knows the cluster's metadata and the controller lets
    /// it in.
    func waitUntilReady(timeout: Duration) async throws {
        try await process.withLock { $0 }?.waitForLine(containing: "Kafka Server started", timeout: timeout)
    }

    func kill() async throws {
        let process = process.withLock { $0 }
        process?.kill()
        try await process?.waitForExit()
    }

    func suspend() { process.withLock { $0?.suspend() } }

    func resume() { process.withLock { $0?.resume() } }

    private var propertiesFile: String { folder + "/server.properties" }
    private var loggingFile: String { folder + "/log4j2.properties" }

    private func start(_ mainClass: String, _ arguments: [String]) throws -> ChildProcess {
        guard let java = KafkaJars.java, let jars = KafkaJars.folder else { throw KafkaCluster.NoJars() }
        // The first compiler alone halves the time of a start, in which nearly everything runs once.
        let options = [
            "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.configurationFile=\(loggingFile)",
            "-cp", jars + "/*",
        ]
        return try ChildProcess(.path(java), arguments: options + [mainClass] + arguments)
    }

    /// Warnings, and the line that `waitUntilReady` waits for.
    private static let logging = """
        appender.console.type=Console
        appender.console.name=console
        appender.console.layout.type=PatternLayout
        appender.console.layout.pattern=%d{HH:mm:ss.SSS} %p %c{1} %m%n
        rootLogger.level=warn
        rootLogger.appenderRef.console.ref=console
        logger.started.name=kafka.server.KafkaRaftServer
        logger.started.level=info

        """
}
