/// Answers one request, from any thread. The first answer counts, later ones do nothing, and so does any after the
/// server has stopped. One that is thrown away unused answers with 500, so that no client waits for ever.
package final class HTTPServerResponder: Sendable {
    private let daemon: HTTPServerDaemon
    private let exchange: HTTPServerDaemon.ExchangeID

    init(daemon: HTTPServerDaemon, exchange: HTTPServerDaemon.ExchangeID) {
        self.daemon = daemon
        self.exchange = exchange
    }

    deinit { daemon.answer(exchange, .respond(.text("The server gave no answer.\n", status: 500))) }

    package func respond(_ response: HTTPServerResponse) { daemon.answer(exchange, .respond(response)) }

    /// Closes the connection without an answer.
    package func drop() { daemon.answer(exchange, .drop) }
}
