internal import Glibc

/// The lines of a file or of standard input, one at a time, however many there are. Waits for none: who reads a pipe has
/// replies to look after meanwhile.
package final class JobLines {
    package enum Next: Hashable, Sendable {
        case line([UInt8], number: Int)
        /// Its bytes are dropped.
        case tooLong(number: Int)
        /// Nothing yet: ask again.
        case notYet
        case end
    }

    private let descriptor: Int32
    private let path: String
    private let isOwned: Bool
    private let limit: Int
    private var buffer: [UInt8] = []
    private var position = 0
    private var isSkipping = false
    private var hasEnded = false
    /// Of the line that was read last, from 1.
    package private(set) var number = 0

    /// Whether it can be read twice: a regular file, not a pipe.
    package let isRepeatable: Bool

    /// - Parameters:
    ///   - path: nil is standard input.
    ///   - limit: longest line that is taken, in bytes.
    package init(path: String?, limit: Int) throws(FileError) {
        self.path = path ?? "standard input"
        self.limit = limit
        isOwned = path != nil
        descriptor = path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? STDIN_FILENO
        guard descriptor >= 0 else { throw .system(self.path) }
        var status = stat()
        isRepeatable = path != nil && fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    deinit { if isOwned { Glibc.close(descriptor) } }

    /// Back to the first line.
    package func rewind() {
        lseek(descriptor, 0, SEEK_SET)
        buffer = []
        (position, number, isSkipping, hasEnded) = (0, 0, false, false)
    }

    /// The next line that is not blank, without what ends it.
    package func next() throws(FileError) -> Next {
        while true {
            if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[position..<end]
                position = end + 1
                if let next = completed(line) { return next }
            } else if hasEnded {
                guard position < buffer.count || isSkipping else { return .end }
                let line = buffer[position...]
                position = buffer.count
                if let next = completed(line) { return next }
            } else {
                guard try fill() else { return .notYet }
            }
        }
    }

    private func completed(_ line: ArraySlice<UInt8>) -> Next? {
        number += 1
        if isSkipping || line.count > limit {
            isSkipping = false
            return .tooLong(number: number)
        }
        var line = line
        // What some editors put before a text; it belongs to the file, not to its first job.
        if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        let isBlank = line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return isBlank ? nil : .line(Array(line), number: number)
    }

    /// - Returns: false where there is nothing to read yet.
    private func fill() throws(FileError) -> Bool {
        buffer.removeSubrange(..<position)
        position = 0
        if buffer.count > limit {
            isSkipping = true
            buffer.removeAll(keepingCapacity: true)
        }
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&state, 1, 0) != 0 else { return false }
        var count = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: 65_536) { bytes, initialized in
            count = Glibc.read(descriptor, bytes.baseAddress, bytes.count)
            initialized = max(0, count)
        }
        if count < 0 {
            guard errno == EINTR || errno == EAGAIN else { throw .system(path) }
            return errno == EINTR
        }
        hasEnded = count == 0
        buffer += chunk
        return true
    }
}
