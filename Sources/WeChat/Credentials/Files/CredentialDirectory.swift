internal import CLinux
internal import Glibc

/// The file store's directory, for its thread: every call may block.
///
///     account-wx1234567890abcdef.json        a record
///     .account-wx1234567890abcdef.lock       locked while somebody changes it; never removed, or two could hold it
///     .account-wx1234567890abcdef.tmp        its next state, until it is whole; written by the lock's holder only
///
/// A record is replaced in steps of which each leaves the old or the new one: write, `fsync`, `rename`, `fsync` of the
/// directory.
final class CredentialDirectory {
    private static let maxBytes = 65_536

    private let path: String
    private let directory: OpenFile

    /// Makes the directory if there is none. Others could read or change what is kept in one that is not ours alone.
    init(path: String) throws(CredentialStoreError) {
        self.path = path
        do {
            if mkdir(path, 0o700) != 0, errno != EEXIST { throw SystemError() }
            // Without O_NOFOLLOW's meaning for the last part: the path is the operator's, and may be a link.
            directory = try OpenFile(path + "/.", O_RDONLY | O_DIRECTORY)
            try? OpenFile(path + "/..", O_RDONLY | O_DIRECTORY).sync()
            let status = try directory.status
            guard status.st_uid == geteuid() else {
                throw CredentialStoreError.failed(
                    "\(path) belongs to user \(status.st_uid), but this process runs as user \(geteuid()); run it as "
                        + "that user, or give the directory to this one")
            }
            guard status.st_mode & 0o022 == 0 else {
                throw CredentialStoreError.failed("\(path) can be written to by other users; chmod 700 \(path)")
            }
        } catch let error as CredentialStoreError {
            throw error
        } catch {
            throw .failed("cannot use the directory \(path): \(error)")
        }
    }

    // MARK: Records

    func fileName(of name: CredentialName) -> String { name.key + ".json" }

    func filePath(of name: CredentialName) -> String { "\(path)/\(fileName(of: name))" }

    /// An empty record if there is none.
    func read(_ name: CredentialName) throws(CredentialStoreError) -> CredentialRecord {
        let name = try checked(name)
        let bytes: [UInt8]?
        do throws(SystemError) { bytes = try self.bytes(of: fileName(of: name)) } catch {
            if error.number == ENOENT { return CredentialRecord() }
            throw failed("read", name, error)
        }
        guard let bytes else { throw damaged(name, "it is no regular file of at most \(Self.maxBytes) bytes") }
        do { return try CredentialRecord(json: bytes) } catch { throw damaged(name, error.description) }
    }

    /// Nil if it is no file of ours.
    private func bytes(of fileName: String) throws(SystemError) -> [UInt8]? {
        let file = try OpenFile(fileName, in: directory.descriptor, O_RDONLY | O_NONBLOCK)
        return try file.status.isRegular ? try file.read(atMost: Self.maxBytes) : nil
    }

    /// Called with the record's lock held. Durable when it returns.
    func write(_ record: CredentialRecord, _ name: CredentialName) throws(CredentialStoreError) -> FileStamp {
        let temporary = temporaryName(of: name)
        do throws(SystemError) {
            let file = try OpenFile(
                temporary, in: directory.descriptor, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
            try file.write(record.json)
            try file.sync()
            let stamp = FileStamp(try file.status)
            guard renameat(directory.descriptor, temporary, directory.descriptor, fileName(of: name)) == 0 else {
                throw SystemError()
            }
            try directory.sync()
            return stamp
        } catch {
            unlinkat(directory.descriptor, temporary, 0)
            throw failed("write", name, error)
        }
    }

    /// Called with the record's lock held. Durable when it returns.
    func remove(_ name: CredentialName) throws(CredentialStoreError) {
        do throws(SystemError) {
            if unlinkat(directory.descriptor, fileName(of: name), 0) != 0, errno != ENOENT { throw SystemError() }
            try directory.sync()
        } catch { throw failed("remove", name, error) }
    }

    /// All records, and which state each is in.
    func stamps() throws(CredentialStoreError) -> [CredentialName: FileStamp] {
        var stamps: [CredentialName: FileStamp] = [:]
        do throws(SystemError) {
            for entry in try directory.entries where entry.hasSuffix(".json") {
                guard let name = CredentialName(key: entry.dropLast(".json".count)), fileName(of: name) == entry,
                    let status = try FileStamp.status(of: entry, in: directory)
                else { continue }
                stamps[name] = FileStamp(status)
            }
        } catch { throw .failed("cannot look through \(path): \(error)") }
        return stamps
    }

    // MARK: Locks

    /// - Returns: nil if another process has it, or another part of this one.
    func lock(_ name: CredentialName) throws(CredentialStoreError) -> CredentialLock? {
        let descriptor = openat(
            directory.descriptor, lockName(of: try checked(name)), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failed("lock", name, SystemError()) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let error = SystemError()
            if error.number == EINTR { continue }
            close(descriptor)
            if error.number == EWOULDBLOCK { return nil }
            throw failed("lock", name, error)
        }
        return CredentialLock(descriptor: descriptor)
    }

    /// What a process left behind that was killed in the middle of a write. Whoever is in the middle of one holds its
    /// lock.
    func removeLeftovers() {
        for entry in (try? directory.entries) ?? [] where entry.hasPrefix(".") && entry.hasSuffix(".tmp") {
            guard let name = CredentialName(key: entry.dropFirst().dropLast(".tmp".count)),
                temporaryName(of: name) == entry, let lock = try? lock(name)
            else { continue }
            unlinkat(directory.descriptor, entry, 0)
            lock.release()
        }
    }

    private func lockName(of name: CredentialName) -> String { ".\(name.key).lock" }

    private func temporaryName(of name: CredentialName) -> String { ".\(name.key).tmp" }

    // MARK: Errors

    /// The appid becomes part of a path.
    private func checked(_ name: CredentialName) throws(CredentialStoreError) -> CredentialName {
        guard CredentialName.isAppID(name.appID) else {
            throw .failed("an appid should be 1 to 64 letters and digits, but has \(name.appID.utf8.count) bytes")
        }
        return name
    }

    private func failed(_ action: String, _ name: CredentialName, _ error: SystemError) -> CredentialStoreError {
        .failed("cannot \(action) \(filePath(of: name)): \(error)")
    }

    private func damaged(_ name: CredentialName, _ problem: String) -> CredentialStoreError {
        .damaged(
            "\(filePath(of: name)) cannot be read: \(problem). It is left as it is; repair it, or take it away "
                + "(query-worker credentials remove \(name)) and put in its credentials again")
    }
}

/// A record's lock, held until it is released or the process ends.
struct CredentialLock: Sendable, Equatable {
    let descriptor: Int32

    /// Called once.
    func release() {
        // Closing alone would not do: a child process that was forked a moment ago, and has not come to its exec yet,
        // has the lock's descriptor too.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
