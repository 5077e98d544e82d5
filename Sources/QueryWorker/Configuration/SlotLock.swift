internal import CLinux
internal import Glibc

/// A number that one process of this user and group of consumers holds on this host, by `flock` on a file.
struct SlotLock {
    let slot: Int
    /// The locked file, and its directory.
    let descriptors: [Int32]

    /// More instances than one host will ever run.
    private static let slots = 0..<1000

    /// - Throws: if the directory is not ours alone or no file in it can be locked.
    static func lowestFree(group: String, temporaryDirectory: String) throws(FileError) -> SlotLock {
        let directory = "\(temporaryDirectory)/query-worker-\(getuid())"
        let directoryDescriptor = try openOwn(directory)
        for slot in slots {
            do throws(FileError) {
                if let file = try lock("\(directory)/\(fileName(group)).\(slot).lock") {
                    return SlotLock(slot: slot, descriptors: [file, directoryDescriptor])
                }
            } catch {
                close(directoryDescriptor)
                throw error
            }
        }
        close(directoryDescriptor)
        throw FileError(path: directory, reason: "all of its \(slots.count) slots are taken")
    }

    /// Opens the directory, which others could have laid out as a trap: /tmp belongs to everybody.
    private static func openOwn(_ path: String) throws(FileError) -> Int32 {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw .system(path) }
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_uid == getuid(), status.st_mode & 0o022 == 0 else {
            close(descriptor)
            throw FileError(path: path, reason: "it is not this user's alone")
        }
        // systemd-tmpfiles removes old files, but not from a directory that is locked. Without the lock file a second
        // instance would take the slot of one that runs.
        _ = flock(descriptor, LOCK_SH | LOCK_NB)
        return descriptor
    }

    /// - Returns: the locked file, or nil if another process has it.
    private static func lock(_ path: String) throws(FileError) -> Int32? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(path) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            let isTaken = errno == EWOULDBLOCK
            let error = FileError.system(path)
            close(descriptor)
            if isTaken { return nil }
            throw error
        }
        return descriptor
    }

    /// Legal as a file's name and different for every group.
    private static func fileName(_ group: String) -> String {
        let readable = group.utf8.prefix(80).map { isNameByte($0) ? $0 : UInt8(ascii: "_") }
        // FNV-1a.
        let hash = group.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0100_0000_01b3 }
        return String(decoding: readable, as: UTF8.self) + "-" + String(hash, radix: 16)
    }
}
