internal import Glibc
internal import QueryWorker

/// `query-worker simulate` in a process of its own.
final class BenchSimulator {
    let baseURL: String
    private let child: BenchChild

    init(latency: String, folder: String, stop: () throws(BenchFailure) -> Void) throws(BenchFailure) {
        child = try BenchChild(
            "simulator", arguments: ["simulate", "--listen", "127.0.0.1:0", "--latency", latency], folder: folder)
        let greeting = "simulator listening on "
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            if let line = child.line(beginning: greeting) {
                baseURL = String(line.dropFirst(greeting.count))
                return
            }
            guard child.exitCode == nil, .now < deadline else { throw child.obituary }
            try stop()
            usleep(5_000)
        }
    }

    var use: ProcessUse? { child.use }

    func end() { child.end(SIGTERM, patience: .seconds(2)) }
}
