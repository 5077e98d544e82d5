import Foundation
import QueryWorker
import Testing

@Suite struct InstanceIdentityTests {
    private func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "instance-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url.path())
    }

    private func claim(_ directory: String, group: String = "g", host: String = "h") -> InstanceIdentity {
        InstanceIdentity.claim(group: group, hostName: host, temporaryDirectory: directory)
    }

    @Test func instancesOfOneHostDifferAndARestartGetsItsOwnIDBack() throws {
        try withTemporaryDirectory { directory in
            var first: InstanceIdentity? = claim(directory)
            let second = claim(directory)
            #expect(first?.id == "h-0" && first?.warning == nil)
            #expect(second.id == "h-1")
            first = nil
            let restarted = claim(directory)
            let third = claim(directory)
            #expect(restarted.id == "h-0")
            #expect(third.id == "h-2")
            withExtendedLifetime((second, restarted, third)) {}
        }
    }

    @Test(arguments: [("a/b", "a_b"), ("ü", "u"), ("a", "A")])
    func groupsDoNotCompete(one: String, other: String) throws {
        try withTemporaryDirectory { directory in
            let identities = [claim(directory, group: one), claim(directory, group: other)]
            #expect(identities.map(\.id) == ["h-0", "h-0"])
        }
    }

    @Test(arguments: [
        ("worker-7.example_1", "worker-7.example_1-0"), ("a b/ü", "a-b----0"), ("", "localhost-0"),
        (String(repeating: "x", count: 300), String(repeating: "x", count: 100) + "-0"),
    ])
    func onlyLegalCharactersAreUsed(host: String, id: String) throws {
        try withTemporaryDirectory { directory in #expect(claim(directory, host: host).id == id) }
    }

    @Test func withoutALockTheSuffixIsRandom() {
        let identities = (0..<2).map { _ in claim("/nonexistent") }
        #expect(identities[0].id != identities[1].id)
        #expect(identities.allSatisfy { $0.id.hasPrefix("h-") && $0.id.utf8.count > 6 })
        #expect(identities.allSatisfy { $0.warning?.contains("No such file or directory") == true })
    }

    @Test func aDirectoryThatOthersMayWriteIsNotTrusted() throws {
        try withTemporaryDirectory { directory in
            let own = "\(directory)/query-worker-\(getuid())"
            try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: false)
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: own)
            #expect(claim(directory).warning?.contains("it is not this user's alone") == true)
        }
    }

    @Test func aLinkInPlaceOfTheDirectoryIsNotFollowed() throws {
        try withTemporaryDirectory { directory in
            let own = "\(directory)/query-worker-\(getuid())"
            try FileManager.default.createSymbolicLink(atPath: own, withDestinationPath: directory)
            #expect(claim(directory).warning != nil)
        }
    }
}
