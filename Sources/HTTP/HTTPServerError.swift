/// Why a server could not begin to listen. `address` is host and port as they were asked for.
package enum HTTPServerError: Error, Hashable {
    case addressInUse(address: String)
    case permissionDenied(address: String)
    /// The host is no address of this machine, or no address at all.
    case unusableAddress(address: String, reason: String)
    /// A system call failed for want of resources.
    case system(call: String, reason: String)
}

extension HTTPServerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .addressInUse(let address):
            "cannot listen on \(address): another process does; end it, or choose another port (0 takes any free one)"
        case .permissionDenied(let address):
            "cannot listen on \(address): permission denied; choose a port from 1024 on"
        case .unusableAddress(let address, let reason):
            "cannot listen on \(address): \(reason); name an address of this machine, for instance 127.0.0.1:8080"
        case .system(let call, let reason):
            "cannot start an HTTP server: \(call) failed (\(reason))"
        }
    }
}
