package import EventLoop
internal import WeChat

/// The file of `credentials.key.file`, which is read again while the worker runs: rotating keys takes no restart. While it
/// can't be read, or holds no keys, those that were read last stay in force.
@EventLoopActor
package final class CredentialKeyFile {
    /// Nil until the first `read`.
    package private(set) var keys: CredentialKeys?

    private let path: String
    private let readFile: FileReader

    package nonisolated init(path: String, readFile: @escaping FileReader = LocalFile.readSecret) {
        self.path = path
        self.readFile = readFile
    }

    /// Reads it anew, on a thread that ends with the read: disks block. Of two reads at a time the later one counts.
    ///
    /// - Returns: whether `keys` changed.
    package func read() async throws(FileError) -> Bool {
        let (path, readFile) = (path, readFile)
        let new = try await BlockingCall(threadName: "secret").run { () throws(FileError) in
            try Self.keys(in: path, readFile: readFile)
        }
        guard new != keys else { return false }
        keys = new
        return true
    }

    /// The keys that are there now.
    ///
    /// - Throws: if it can't be read, or is no key file; the line and what is wrong with it, and nothing that stands there.
    package nonisolated static func keys(
        in path: String, readFile: FileReader = LocalFile.readSecret
    ) throws(FileError) -> CredentialKeys {
        var bytes = try readFile(path)
        defer { bytes.clear() }
        do { return try CredentialKeys(file: bytes) } catch { throw FileError(path: path, reason: error.description) }
    }
}
