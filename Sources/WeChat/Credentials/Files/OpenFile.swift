internal import Glibc

/// An open file or directory, closed when it goes away. Its calls block.
struct OpenFile: ~Copyable {
    let descriptor: Int32

    /// Never inherited by child processes, and never opened through a symbolic link.
    ///
    /// - Parameter directory: where a relative path begins.
    init(_ path: String, in directory: Int32 = AT_FDCWD, _ flags: Int32, mode: mode_t = 0) throws(SystemError) {
        descriptor = openat(directory, path, flags | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw SystemError() }
    }

    deinit { close(descriptor) }

    var status: stat {
        get throws(SystemError) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw SystemError() }
            return status
        }
    }

    /// - Returns: nil if there is more than `limit`.
    func read(atMost limit: Int) throws(SystemError) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            var count = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, initialized in
                count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                initialized = max(0, count)
            }
            if count == 0 { return bytes }
            if count < 0, errno != EINTR { throw SystemError() }
            bytes += chunk
        }
        return nil
    }

    func write(_ bytes: [UInt8]) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { throw SystemError() }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Waits until the disk has it: a file's bytes, a directory's entries.
    func sync() throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw SystemError() }
    }

    /// The names in this directory.
    var entries: [String] {
        get throws(SystemError) {
            // A directory that was removed reads as an empty one.
            guard try status.st_nlink > 0 else { throw SystemError(number: ENOENT) }
            // A directory stream takes its descriptor over, and begins where another reading of it has stopped.
            let own = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard own >= 0 else { throw SystemError() }
            guard let stream = fdopendir(own) else {
                let error = SystemError()
                close(own)
                throw error
            }
            defer { closedir(stream) }
            var names: [String] = []
            errno = 0
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                    name.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: name.pointee)) {
                        // What is no UTF-8 could not be named in a path again.
                        String(validatingCString: $0)
                    }
                }
                if let name, name != ".", name != ".." { names.append(name) }
                errno = 0
            }
            guard errno == 0 else { throw SystemError() }
            return names
        }
    }
}

/// A system call's error, in the system's words.
struct SystemError: Error, Equatable, CustomStringConvertible {
    let number: Int32

    /// Of the last call.
    init() { number = errno }

    init(number: Int32) { self.number = number }

    var description: String { String(cString: strerror(number)) }
}
