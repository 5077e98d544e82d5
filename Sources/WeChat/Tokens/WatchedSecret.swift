internal import EventLoop

/// A secret that is read anew for every use, and that can tell whether it has been corrected since.
@EventLoopActor
final class WatchedSecret {
    private let subject: String
    private let source: SecretReader
    private var wasUsed = false
    /// Of what was read last; nil if nothing could be. A hash, so that no secret is kept.
    private var lastHash: Int?

    /// - Parameter subject: for the message when it can't be read, such as "the secret of account wx1".
    init(_ subject: String, _ source: @escaping SecretReader) {
        self.subject = subject
        self.source = source
    }

    func read() throws(APIError) -> String {
        wasUsed = true
        lastHash = nil
        do {
            let value = try source()
            lastHash = value.hashValue
            return value
        } catch {
            throw .failed(.credentials("\(subject) cannot be read: \(error)"))
        }
    }

    /// Whether the next use would read something else than the last one did.
    var hasChanged: Bool {
        guard wasUsed, let value = try? source() else { return false }
        return value.hashValue != lastHash
    }
}
