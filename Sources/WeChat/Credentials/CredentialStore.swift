package import EventLoop

/// Keeps credentials beyond a process's life and shares them with other instances. Called on the loop, never blocks it.
@EventLoopActor
package protocol CredentialStore: AnyObject {
    /// The names of all records.
    var names: Set<CredentialName> { get }

    /// Called after records have changed by somebody else's hand: another process, an operator, an event.
    var onChange: (@EventLoopActor (Set<CredentialName>) -> Void)? { get set }

    /// Begins to watch for changes, and takes in what has come. Called once, before all else.
    func open() async throws(CredentialStoreError)

    /// Leaves to other instances what only one may do. Called once, before `close`. Updates whose `change` is under way are
    /// kept before this returns; those that wait for another instance, and later ones, end as interrupted.
    func leave() async

    /// Ends it. Updates that wait for their turn end as failed; one whose `change` is under way is still kept, since what
    /// WeChat has handed out and nobody keeps is lost.
    func close()

    /// The record as it is now; an empty one if there is none.
    func read(_ name: CredentialName) async throws(CredentialStoreError) -> CredentialRecord

    /// Changes a record while no other process does; where only another instance may do that, has it done there.
    ///
    /// - Parameters:
    ///   - limit: how long to wait for the others; then `CredentialStoreError.busy`.
    ///   - isEnough: whether the record serves as it is, so that it need not be changed; what it throws is thrown. It calls
    ///     nobody, and may be asked again and again.
    ///   - change: gets the record as it is now; may take its time, and call WeChat. What it leaves in it is durable when
    ///     this returns; nil leaves everything as it was. Not run where another instance makes the change.
    /// - Returns: the record as it is afterwards.
    /// - Throws: what `change` throws, here or there, with the record as it was; or `CredentialStoreError`.
    func update(
        _ name: CredentialName, limit: Duration,
        unless isEnough: @EventLoopActor (CredentialRecord) throws(APIError) -> Bool,
        _ change: @EventLoopActor (CredentialRecord) async throws(APIError) -> CredentialRecord?
    ) async throws(CredentialUpdateError) -> CredentialRecord

    /// Called when another instance wants a change of that record, which only this one may make: another token than the one
    /// that is there. What it leads to is an `update`.
    /// - Returns: why nothing is changed now.
    var onWanted: (@EventLoopActor (CredentialName) async -> APIFailure?)? { get set }

    /// Whether updates are now made by another instance, and have to be waited for.
    var isChangedElsewhere: Bool { get }

    /// Removes a record.
    func remove(_ name: CredentialName) async throws(CredentialStoreError)
}

/// What a store needs not know whose records any instance may change.
extension CredentialStore {
    package var onWanted: (@EventLoopActor (CredentialName) async -> APIFailure?)? {
        get { nil }
        set {}
    }

    package var isChangedElsewhere: Bool { false }

    package func leave() async {}

    /// The same for a change that is made in any case.
    package func update(
        _ name: CredentialName, limit: Duration,
        _ change: @EventLoopActor (CredentialRecord) async throws(APIError) -> CredentialRecord?
    ) async throws(CredentialUpdateError) -> CredentialRecord {
        try await update(name, limit: limit, unless: { _ in false }, change)
    }
}

/// Why credentials could not be read or kept. `description` is safe to log.
package enum CredentialStoreError: Error, Equatable, CustomStringConvertible {
    /// Another process holds the record for longer than the limit.
    case busy(String)
    /// The file system, or a broker, refuses.
    case failed(String)
    /// What is stored can't be read; it names the file and what is wrong, and is left as it is.
    case damaged(String)

    package var description: String {
        switch self {
        case .busy(let text), .failed(let text), .damaged(let text): text
        }
    }
}

package enum CredentialUpdateError: Error, Equatable {
    case store(CredentialStoreError)
    case change(APIError)
}
