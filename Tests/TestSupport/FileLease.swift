internal import Foundation
internal import Glibc

/// A file that hangs, as one on a mount whose server is gone: whoever opens it waits, until this goes away.
///
/// It is the kernel's lease (`fcntl(2)`), which is taken away from its holder only after `/proc/sys/fs/lease-break-time`,
/// 45 seconds. Not every file system has them.
package final class FileLease: Sendable {
    private static let (setLease, getLease, setSignal) = (Int32(1024), Int32(1025), Int32(10))

    private let descriptor: Int32

    /// - Parameter path: of a file of this user's that nobody has open.
    package init(_ path: String) throws(LeaseError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LeaseError(number: errno) }
        // Instead of SIGIO, which would end the process: one that is ignored.
        guard fcntl(descriptor, Self.setSignal, SIGURG) == 0, fcntl(descriptor, Self.setLease, Int32(F_WRLCK)) == 0
        else {
            let number = errno
            close(descriptor)
            throw LeaseError(number: number)
        }
    }

    deinit { close(descriptor) }

    /// Somebody is about to open the file, and waits.
    package var isWanted: Bool { fcntl(descriptor, Self.getLease) != Int32(F_WRLCK) }

    package func waitUntilWanted(timeout: Duration = .seconds(20)) async throws {
        let start = ContinuousClock.now
        while !isWanted {
            guard .now - start < timeout else { throw LeaseError(number: ETIMEDOUT) }
            await Task.yield()
        }
    }

    /// Lets everybody open the file.
    package func giveUp() { _ = fcntl(descriptor, Self.setLease, Int32(F_UNLCK)) }

    /// Whether the file system of temporary files has leases.
    package static let isAvailable: Bool = {
        let path = NSTemporaryDirectory() + "lease-" + UUID().uuidString
        guard FileManager.default.createFile(atPath: path, contents: nil) else { return false }
        defer { unlink(path) }
        return (try? FileLease(path)) != nil
    }()

    package struct LeaseError: Error, CustomStringConvertible {
        let number: Int32

        package var description: String { "a file's lease: \(String(cString: strerror(number)))" }
    }
}
