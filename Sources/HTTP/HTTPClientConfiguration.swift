/// What is the same for all requests of one `HTTPClient`.
package struct HTTPClientConfiguration: Sendable {
    /// `http://host:port`, or nil for none. The environment's proxy variables are not read.
    package var proxy: String?
    /// PEM file with the certificate authorities to trust; nil for the system's.
    package var caFile: String?
    /// Limit for name resolution, connection and TLS handshake together.
    package var connectTimeout: Duration
    /// Connections kept open for the next request. More may be open while more requests are under way.
    package var maxConnections: Int
    /// A longer response body is an error, so that a faulty server cannot fill the memory.
    package var maxBodyBytes: Int
    /// Responses beyond 64 KiB that may arrive at one time; more wait for their turn, within their time limits.
    package var maxLargeBodies: Int
    package var userAgent: String

    package init(
        proxy: String? = nil, caFile: String? = nil, connectTimeout: Duration = .seconds(3), maxConnections: Int = 128,
        maxBodyBytes: Int = 1 << 20, maxLargeBodies: Int = 8, userAgent: String = "query-worker"
    ) {
        self.proxy = proxy
        self.caFile = caFile
        self.connectTimeout = connectTimeout
        self.maxConnections = maxConnections
        self.maxBodyBytes = maxBodyBytes
        self.maxLargeBodies = maxLargeBodies
        self.userAgent = userAgent
    }
}
