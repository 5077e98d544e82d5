internal import EventLoop
internal import Glibc
internal import HTTP
internal import QueryWorker

/// `query-worker run` in a process of its own, watched through its admin port.
final class BenchWorker {
    private let child: BenchChild
    private let statusURL: String

    /// - Parameters:
    ///   - configuration: a configuration file, which the worker gets by its standard input: it may hold secrets.
    ///   - port: where its admin port is, according to that.
    init(_ number: Int, configuration: String, port: UInt16, folder: String) throws(BenchFailure) {
        statusURL = "http://127.0.0.1:\(port)/status"
        child = try BenchChild(
            "worker-\(number)", arguments: ["run", "--config", "/dev/stdin"], input: configuration, folder: folder)
    }

    var use: ProcessUse? { child.use }

    /// As of the last second. Nil while it has no admin port yet.
    /// - Throws: where it has ended.
    func figures() throws(BenchFailure) -> WorkerFigures? {
        guard child.exitCode == nil else { throw child.obituary }
        let answer = Handover<[UInt8]?>()
        let url = statusURL
        EventLoopActor.startTask {
            let client = HTTPClient(configuration: HTTPClientConfiguration(maxBodyBytes: 16 << 20))
            let request = HTTPRequest(method: .get, url: url, timeout: .seconds(5))
            let response = try? await client.send(request, under: nil)
            client.close()
            answer.give(response?.status == 200 ? response?.body : nil)
        }
        return answer.take().flatMap { WorkerFigures(status: $0) }
    }

    /// Has it finish and leave its group.
    func end() { child.end(SIGTERM, patience: .seconds(30)) }

    func kill() { child.end(SIGKILL, patience: .zero) }
}
