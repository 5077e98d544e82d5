internal import EventLoop
internal import Glibc

/// Tells one state of a file from the next without reading it: every write makes a new file and renames it.
struct FileStamp: Equatable, Sendable {
    let inode: UInt64
    let size: Int64
    /// Since 1970.
    let nanoseconds: Int64

    init(_ status: stat) {
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        nanoseconds = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }

    /// Nil if there is no such file. A symbolic link is looked at itself.
    static func status(of name: String, in directory: borrowing OpenFile) throws(SystemError) -> stat? {
        var status = stat()
        if fstatat(directory.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return status }
        if errno == ENOENT { return nil }
        throw SystemError()
    }

    var modifiedAt: WallTime { WallTime(millisecondsSince1970: nanoseconds / 1_000_000) }
}

extension stat {
    var isRegular: Bool { st_mode & S_IFMT == S_IFREG }
}
