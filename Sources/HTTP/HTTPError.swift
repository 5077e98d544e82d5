internal import CCurl

/// An exchange that brought no complete response. Safe to log: the URL, which may carry a token, is never part of it.
package enum HTTPError: Error, Hashable {
    package enum Phase: Hashable, Sendable {
        /// No connection yet: the server has seen nothing.
        case connect
        /// The request may have arrived.
        case total
    }

    case couldNotResolve
    case couldNotConnect
    case tls(code: UInt32)
    case timedOut(Phase)
    /// Closed or reset before the response was complete.
    case connectionClosed(code: UInt32)
    /// What came is not HTTP.
    case malformedResponse(code: UInt32)
    case bodyTooLarge
    /// `close()` was called on the client.
    case clientClosed
    /// Any other of libcurl's codes.
    case other(code: UInt32)

    /// - Parameter isConnected: whether the request was on its way, which tells the two time limits apart.
    init(_ code: CURLcode, isConnected: Bool) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .couldNotResolve
        case CURLE_COULDNT_CONNECT: self = .couldNotConnect
        case CURLE_OPERATION_TIMEDOUT: self = .timedOut(isConnected ? .total : .connect)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CRL_BADFILE:
            self = .tls(code: code.rawValue)
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE:
            self = .connectionClosed(code: code.rawValue)
        // libcurl reports an answer that does not begin like HTTP/1 as an unsupported protocol, namely HTTP/0.9.
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING:
            self = .malformedResponse(code: code.rawValue)
        default: self = .other(code: code.rawValue)
        }
    }
}

extension HTTPError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .couldNotResolve: "the host's name could not be resolved"
        case .couldNotConnect: "no connection could be made"
        case .tls(let code): "TLS failed: \(Self.text(code))"
        case .timedOut(.connect): "no connection within the time limit"
        case .timedOut(.total): "no complete response within the time limit"
        case .connectionClosed(let code): "the connection was closed: \(Self.text(code))"
        case .malformedResponse(let code): "the answer is not HTTP: \(Self.text(code))"
        case .bodyTooLarge: "the response body is longer than allowed"
        case .clientClosed: "the HTTP client was closed"
        case .other(let code): Self.text(code)
        }
    }

    private static func text(_ code: UInt32) -> String {
        String(cString: curl_easy_strerror(CURLcode(rawValue: code)))
    }
}
