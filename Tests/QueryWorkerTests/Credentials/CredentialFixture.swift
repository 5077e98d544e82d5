import EventLoop
import Foundation
import WeChat

@testable import QueryWorker

/// Keys that are told apart by the byte that they consist of, and a record of every kind.
enum CredentialFixture {
    static func base64(of byte: UInt8) -> String { Data(repeating: byte, count: 32).base64EncodedString() }

    static func keyLine(_ id: String, of byte: UInt8) -> String { "\(id):\(base64(of: byte))" }

    static func keys(_ id: String = "k1", of byte: UInt8 = 1) throws -> CredentialKeys {
        try CredentialKeys(text: keyLine(id, of: byte))
    }

    static let time = WallTime(millisecondsSince1970: 1_764_032_523_456)

    static let token = CredentialTopicRecord.token(
        RefreshedCredentials(
            name: .account("wxA"), component: "wxC", generation: 7, accessToken: AccessToken("hush-access"),
            expiresAt: time, refreshToken: "hush-refresh", basedOn: 12))

    static let sealed: [CredentialTopicRecord] = [
        .event(.ticket(component: "wxC", ticket: "hush-ticket"), receivedAt: time),
        .event(.authorizedByCode(component: "wxC", account: "wxA", authorizationCode: "hush-code"), receivedAt: nil),
        .event(
            .authorizedByRefreshToken(component: "wxC", account: "wxA", refreshToken: "hush-refresh"), receivedAt: time),
        token,
        .token(
            RefreshedCredentials(
                name: .component("wxC"), component: nil, generation: 1, accessToken: AccessToken("hush-access"),
                expiresAt: time, refreshToken: nil, basedOn: nil)),
        // A code that was refused, with an older refresh token left; and nothing left at all.
        .token(
            RefreshedCredentials(
                name: .account("wxA"), component: "wxC", generation: 0, accessToken: nil, expiresAt: nil,
                refreshToken: "hush-refresh", basedOn: 0)),
        .token(
            RefreshedCredentials(
                name: .account("wxA"), component: nil, generation: 0, accessToken: nil, expiresAt: nil,
                refreshToken: nil, basedOn: nil)),
    ]

    static let plain: [CredentialTopicRecord] = [
        .event(.unauthorized(component: "wxC", account: "wxA"), receivedAt: time),
        .intent(.account("wxA"), generation: 8, instance: "host-0"),
        .intent(.component("wxC"), generation: 1, instance: "host-0"),
        .rejected(.account("wxA"), generation: 0, instance: "host-1", reason: nil),
        .rejected(.account("wxA"), generation: 7, instance: "host-1", reason: "errcode 40001"),
    ]
}

extension CredentialKeys {
    init(text: String) throws(UnreadableCredentials) { try self.init(file: Array(text.utf8)) }
}

extension CredentialTopicRecord {
    init(_ key: String, _ value: String, keys: CredentialKeys) throws(UnreadableCredentials) {
        try self.init(key: CredentialTopicKey(recordKey: Array(key.utf8)), value: Array(value.utf8), keys: keys)
    }
}
