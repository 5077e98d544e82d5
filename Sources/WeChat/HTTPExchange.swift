internal import HTTP

/// One request that went to WeChat, or to a service that keeps tokens, and how it ended. Carries no secret.
package struct HTTPExchange: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    package struct Server: Hashable, Sendable {
        package let host: String
        package let port: Int
    }

    package enum Outcome: Hashable, Sendable {
        case answered(status: Int)
        case failed(Reason)
    }

    package enum Reason: String, Sendable {
        case timeout
        /// No connection, or one that broke.
        case transport
        /// What came is no HTTP, or too much.
        case malformed
        /// Not waited for any longer: the job's time was over, or its partition went away.
        case cancelled
    }

    /// What was asked, and how it ended.
    package struct Kind: Hashable, Sendable {
        package let method: Method
        package let server: Server
        /// The path without the query; empty where it may be secret.
        package let route: String
        package let outcome: Outcome
    }

    package let kind: Kind
    package let duration: Duration
}

extension HTTPExchange.Server {
    /// - Parameter url: `scheme://[user:password@]host[:port]…`, as the configuration has checked it.
    init(url: String) {
        let scheme = url.prefix { $0 != ":" }
        let authority = url.dropFirst(scheme.count + 3).prefix { $0 != "/" && $0 != "?" }
        let address = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        let hostEnd = address.lastIndex(of: ":").flatMap { address[$0...].contains("]") ? nil : $0 } ?? address.endIndex
        host = String(address[..<hostEnd])
        port = Int(address[hostEnd...].dropFirst()) ?? (scheme == "http" ? 80 : 443)
    }
}

extension HTTPExchange.Reason {
    init(_ failure: HTTPClientFailure) {
        switch failure {
        case .interrupted, .failed(.clientClosed): self = .cancelled
        case .failed(.timedOut): self = .timeout
        case .failed(.malformedResponse), .failed(.bodyTooLarge): self = .malformed
        case .failed: self = .transport
        }
    }
}
