internal import Glibc

/// How configuration and secret files are read: the disk in production, memory in tests.
package typealias FileReader = @Sendable (_ path: String) throws(FileError) -> [UInt8]

/// Reads small local files whole.
package enum LocalFile {
    /// More than any configuration or secret needs; keeps a path to something endless from filling the memory.
    static let sizeLimit = 1 << 20

    /// - Throws: if the file is missing, unreadable, a directory or larger than `sizeLimit`.
    package static func read(_ path: String) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path) }
        defer { close(descriptor) }
        return try readAll(descriptor, path)
    }

    /// For a file that is read again and again. A pipe gives what is in it once, and holds up whoever opens it until
    /// somebody writes: it is refused, without waiting.
    package static func readSecret(_ path: String) throws(FileError) -> [UInt8] {
        var descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0, errno == EWOULDBLOCK {
            // No pipe: a file of which another process has a lease, and is asked to give it up.
            descriptor = open(path, O_RDONLY | O_CLOEXEC)
        }
        guard descriptor >= 0 else { throw .system(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(path) }
        guard status.st_mode & S_IFMT != S_IFIFO else {
            throw FileError(path: path, reason: "it is a pipe, and not a file that can be read more than once")
        }
        return try readAll(descriptor, path)
    }

    /// Reads standard input to its end, whatever its name in `path`. Not by opening `/dev/stdin`, which asks whether
    /// this user may open the file that another one has redirected.
    package static func readStandardInput(_ path: String) throws(FileError) -> [UInt8] {
        try readAll(STDIN_FILENO, path)
    }

    private static func readAll(_ descriptor: Int32, _ path: String) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= sizeLimit {
            var status = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
                status = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                count = max(0, status)
            }
            if status == 0 { return bytes }
            if status < 0, errno != EINTR { throw .system(path) }
            bytes += chunk
        }
        throw FileError(path: path, reason: "it is larger than 1 MiB")
    }
}
