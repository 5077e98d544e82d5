internal import Glibc

/// The name that tells this instance from all others of its group: part of the transactional id, so two must never share
/// one, and a restarted instance should have its own again, for then it ends the transaction it left open.
///
/// Life: `claim` takes the lowest slot whose lock file nobody holds; the file stays locked while this object lives; the
/// kernel frees it however the process ends; the next start on this host finds it free.
/// Only what sees the same temporary directory as the same user is told apart. Where that is not so (containers that
/// share a host name, services with a private /tmp), `instance.id` must be set.
package final class InstanceIdentity: Sendable {
    /// The host's name and a slot, or a random suffix where no lock could be had: `worker-7-0`.
    package let id: String
    /// Why there is no lock; nil if there is one.
    package let warning: String?
    /// Open for as long as the slot is ours; closing them lets go of the locks.
    private let descriptors: [Int32]

    /// - Parameters:
    ///   - group: instances of different consumer groups do not compete.
    ///   - hostName: the system's unless given.
    ///   - temporaryDirectory: on a local file system.
    package static func claim(
        group: String, hostName: String = systemHostName, temporaryDirectory: String
    ) -> InstanceIdentity {
        let host = legal(hostName)
        do throws(FileError) {
            let lock = try SlotLock.lowestFree(group: group, temporaryDirectory: temporaryDirectory)
            return InstanceIdentity(id: "\(host)-\(lock.slot)", warning: nil, descriptors: lock.descriptors)
        } catch {
            let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
            let warning =
                "\(error); instance.id is random, so a restart waits for the open transaction of its predecessor"
            return InstanceIdentity(id: "\(host)-\(suffix)", warning: warning, descriptors: [])
        }
    }

    /// The id that the operator gave, who answers for its being the only one.
    package static func configured(_ id: String) -> InstanceIdentity {
        InstanceIdentity(id: id, warning: nil, descriptors: [])
    }

    private init(id: String, warning: String?, descriptors: [Int32]) {
        self.id = id
        self.warning = warning
        self.descriptors = descriptors
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    package static var systemHostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// What `instance.id` may hold, and no more than leaves room for the suffix.
    private static func legal(_ hostName: String) -> String {
        let bytes = hostName.utf8.prefix(100).map { isNameByte($0) ? $0 : UInt8(ascii: "-") }
        return bytes.isEmpty ? "localhost" : String(decoding: bytes, as: UTF8.self)
    }
}
