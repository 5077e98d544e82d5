internal import Glibc

/// A file that could not be read, and why.
package struct FileError: Error, Hashable, CustomStringConvertible {
    package let path: String
    package let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// The last system call's error.
    static func system(_ path: String) -> Self { FileError(path: path, reason: String(cString: strerror(errno))) }

    package var description: String { "cannot use \(path): \(reason)" }
}
