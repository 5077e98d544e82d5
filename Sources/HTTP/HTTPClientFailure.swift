package import EventLoop

/// Why `HTTPClient.send` has no response.
package enum HTTPClientFailure: Error, Hashable {
    case failed(HTTPError)
    /// The caller's own interruption ended the exchange; the server may or may not have seen it.
    case interrupted(Interrupted)
}
