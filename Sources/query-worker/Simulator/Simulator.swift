internal import HTTP

/// WeChat's endpoints on a port of this machine, with faults on request. Runs from `init` until `stop()`.
///
/// Calls are decided on the server's thread, in the order of their arrival, and delivered by the event loop's timers.
final class Simulator: Sendable {
    private let host: String
    private let endpoints: SimulatorEndpoints
    private let server: HTTPServer

    init(options: SimulatorOptions) throws(HTTPServerError) {
        let endpoints = SimulatorEndpoints(options: options)
        host = options.host.contains(":") ? "[\(options.host)]" : options.host
        server = try HTTPServer(host: options.host, port: options.port) { endpoints.handle($0, $1) }
        self.endpoints = endpoints
    }

    deinit { stop() }

    var port: UInt16 { server.port }

    /// What `api.base.url` is to be set to.
    var baseURL: String { "http://\(host):\(port)" }

    /// Calls that wait for their answer lose their connection.
    func stop() {
        server.stop()
        endpoints.stop()
    }

    /// What `/stats` answers.
    func statsJSON() -> String { String(decoding: endpoints.statistics(), as: UTF8.self) }
}
