internal import EventLoop
internal import Glibc

/// A directory into which others drop events, one file each, for a thread that may block.
///
/// A writer writes elsewhere on the same file system, and renames the file to `<name>.json` here; names that begin with
/// a dot or end otherwise are not looked at. A file is removed once its event is kept, or moved to `rejected` with its
/// reason beside it.
final class CredentialInbox {
    struct File: Sendable {
        let name: String
        let stamp: FileStamp
        let event: CredentialEvent
        /// When it was written, as far as that can be.
        let receivedAt: WallTime
    }

    /// What a look brought: events, the oldest first and not too many, and what to tell about the other files.
    struct Look: Sendable {
        var files: [File] = []
        var reports: [CredentialStoreEvent] = []
        /// Files that can't be read for now; they stay where they are.
        var problems: [String] = []
    }

    private struct Candidate {
        let name: String
        let stamp: FileStamp
        let isRegular: Bool
    }

    private static let rejectedName = "rejected"
    /// The rest comes with the next look: a flood must not fill the memory, nor keep the store's other users waiting.
    private static let filesAtOnce = 1024

    private let path: String
    private let directory: OpenFile
    private let rejected: OpenFile
    /// Files that could not be removed or moved: once is enough.
    private var finished: [String: FileStamp] = [:]

    init(path: String) throws(CredentialStoreError) {
        self.path = path
        do {
            if mkdir(path, 0o700) != 0, errno != EEXIST { throw SystemError() }
            directory = try OpenFile(path + "/.", O_RDONLY | O_DIRECTORY)
            guard try directory.status.st_mode & 0o002 == 0 else {
                throw CredentialStoreError.failed("\(path) can be written to by everybody; chmod o-w \(path)")
            }
            if mkdirat(directory.descriptor, Self.rejectedName, 0o700) != 0, errno != EEXIST { throw SystemError() }
            rejected = try OpenFile(Self.rejectedName, in: directory.descriptor, O_RDONLY | O_DIRECTORY)
            guard faccessat(directory.descriptor, ".", R_OK | W_OK | X_OK, AT_EACCESS) == 0 else { throw SystemError() }
        } catch let error as CredentialStoreError {
            throw error
        } catch {
            throw .failed("cannot use the inbox \(path), out of which files are read and removed: \(error)")
        }
    }

    func look(at now: WallTime) throws(CredentialStoreError) -> Look {
        var look = Look()
        for candidate in try candidates().prefix(Self.filesAtOnce) {
            do throws(Unreadable) {
                guard let event = try event(in: candidate) else { continue }
                look.files.append(
                    File(
                        name: candidate.name, stamp: candidate.stamp, event: event,
                        receivedAt: min(candidate.stamp.modifiedAt, now)))
            } catch {
                switch error {
                case .forGood(let reason): look.reports.append(reject(candidate, reason))
                case .forNow(let reason): look.problems.append(reason)
                }
            }
        }
        return look
    }

    /// Whether it was not taken in meanwhile by another process.
    func isThere(_ file: File) -> Bool {
        guard let status = try? FileStamp.status(of: file.name, in: directory) else { return false }
        return FileStamp(status) == file.stamp
    }

    /// Called once its event is kept.
    ///
    /// - Returns: what to tell if it could not be removed. It is not taken in again then, as long as this object lives.
    func remove(_ file: File) -> CredentialStoreEvent? {
        if unlinkat(directory.descriptor, file.name, 0) == 0 || errno == ENOENT { return nil }
        let error = SystemError()
        finished[file.name] = file.stamp
        return .watchFailed(reason: "\(path)/\(file.name) was taken in, but cannot be removed: \(error)")
    }

    // MARK: Reading

    private func candidates() throws(CredentialStoreError) -> [Candidate] {
        var candidates: [Candidate] = []
        do throws(SystemError) {
            for name in try directory.entries where name.hasSuffix(".json") && !name.hasPrefix(".") {
                guard let status = try FileStamp.status(of: name, in: directory) else { continue }
                let stamp = FileStamp(status)
                if finished[name] == stamp { continue }
                candidates.append(Candidate(name: name, stamp: stamp, isRegular: status.isRegular))
            }
        } catch { throw .failed("cannot look through \(path): \(error)") }
        return candidates.sorted { ($0.stamp.nanoseconds, $0.name) < ($1.stamp.nanoseconds, $1.name) }
    }

    private enum Unreadable: Error {
        case forGood(String)
        /// For want of memory or descriptors, or by the disk's fault.
        case forNow(String)
    }

    /// - Returns: nil if it is gone.
    private func event(in candidate: Candidate) throws(Unreadable) -> CredentialEvent? {
        guard candidate.isRegular else { throw .forGood("it is no regular file; events are read from such only") }
        let limit = CredentialEvent.maxBytes
        guard candidate.stamp.size <= limit else { throw .forGood("it is larger than \(limit) bytes") }
        let bytes: [UInt8]
        do throws(SystemError) {
            let file = try OpenFile(candidate.name, in: directory.descriptor, O_RDONLY | O_NONBLOCK)
            // Another one under the same name: next time.
            guard FileStamp(try file.status) == candidate.stamp, let read = try file.read(atMost: limit) else {
                return nil
            }
            bytes = read
        } catch {
            switch error.number {
            case ENOENT: return nil
            case EACCES, ELOOP:
                throw .forGood("it cannot be read: \(error); the worker's user must be able to")
            default: throw .forNow("cannot read \(path)/\(candidate.name): \(error)")
            }
        }
        do { return try CredentialEvent(json: bytes) } catch { throw .forGood(error.description) }
    }

    // MARK: Rejecting

    private func reject(_ candidate: Candidate, _ reason: String) -> CredentialStoreEvent {
        let name = freeName(for: candidate.name)
        guard renameat(directory.descriptor, candidate.name, rejected.descriptor, name) == 0 else {
            let error = SystemError()
            finished[candidate.name] = candidate.stamp
            return .rejectedFile(name: candidate.name, reason: "\(reason) (and cannot be moved to rejected: \(error))")
        }
        // Without it the log still tells the reason.
        try? OpenFile(name + ".reason", in: rejected.descriptor, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
            .write(Array("\(reason)\n".utf8))
        return .rejectedFile(name: candidate.name, reason: reason)
    }

    /// The name, or one with a number if an earlier file of that name was rejected.
    private func freeName(for name: String) -> String {
        let names = [name] + (1...99).map { "\(name).\($0)" }
        return names.first { faccessat(rejected.descriptor, $0, F_OK, AT_SYMLINK_NOFOLLOW) != 0 } ?? name
    }
}
