/// Where the admin port listens: `admin.listen`.
package enum AdminListen: Hashable, Sendable {
    /// Not set: the first free port from `AdminAddress.first` on, so that several workers on one host need no settings.
    case automatic
    case address(AdminAddress)
    /// Set to nothing.
    case off

    init(from values: inout ConfigurationValues) {
        let key = ConfigurationKeys.adminListen
        if let address = values.value(of: key) {
            self = .address(address)
        } else {
            self = values.entries[key.name] == nil ? .automatic : .off
        }
    }
}

/// A host, or its address, and a port.
package struct AdminAddress: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    package let port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Prometheus' exporters of OpenTelemetry use it, and nothing else does.
    static let first = AdminAddress(host: "127.0.0.1", port: 9464)

    /// Those that are tried in turn where none is set.
    static var automatic: [AdminAddress] { (0..<10).map { AdminAddress(host: first.host, port: first.port + $0) } }

    /// Only this machine reaches it.
    var isLoopback: Bool { AuthorityParts(Substring(description), ports: 0...65_535)?.isLoopback == true }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
