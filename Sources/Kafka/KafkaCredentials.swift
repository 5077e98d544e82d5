internal import CRdKafka
internal import Synchronization

/// User name and password (SASL PLAIN and SCRAM) of all clients of a worker, which can change while the clients run.
///
/// A changed pair counts when a client next has to say who it is: connections that stand stay. Callable from any thread,
/// and never waits for a broker.
package final class KafkaCredentials: Sendable {
    private struct State {
        /// nil: as in the properties that each client is made with.
        var pair: (username: String, password: String)?
        /// Addresses of clients that were not destroyed yet.
        var clients: Set<UInt> = []
    }

    private let state = Mutex(State())

    package init() {}

    package func change(username: String, password: String) {
        state.withLock { state in
            state.pair = (username, password)
            for client in state.clients { Self.set(username, password, of: client) }
        }
    }

    /// The properties for a client that is about to be made.
    func inForce(in properties: [String: String]) -> [String: String] {
        guard let pair = state.withLock({ $0.pair }) else { return properties }
        return properties.merging(["sasl.username": pair.username, "sasl.password": pair.password]) { _, new in new }
    }

    /// A client was made. To be taken back, by `remove`, before it is destroyed.
    func add(_ client: OpaquePointer) {
        state.withLock { state in
            state.clients.insert(UInt(bitPattern: client))
            // They may have changed since the properties were read.
            if let pair = state.pair { Self.set(pair.username, pair.password, of: UInt(bitPattern: client)) }
        }
    }

    func remove(_ client: OpaquePointer) {
        _ = state.withLock { $0.clients.remove(UInt(bitPattern: client)) }
    }

    /// Takes a lock of the client for a moment, and wakes its threads. Refuses nothing but null pointers.
    private static func set(_ username: String, _ password: String, of client: UInt) {
        guard let client = OpaquePointer(bitPattern: client) else { return }
        if let error = rd_kafka_sasl_set_credentials(client, username, password) { rd_kafka_error_destroy(error) }
    }
}
