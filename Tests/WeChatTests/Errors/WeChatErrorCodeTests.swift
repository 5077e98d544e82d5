import Testing

@testable import WeChat

/// The codes that WeChat documents, or is known to send, with what a job that meets one is told.
@Suite struct WeChatErrorCodeTests {
    private static let expected: [APIFailure.Kind: [Int]] = [
        .busy: [-1, 45102, 80308, 80311, 80312],
        .tokenRejected: [40001, 40014, 42001, 42006],
        .credentials: [
            40013, 40091, 40094, 40125, 40164, 40243, 41002, 41004, 45035, 49001, 61004, 61005, 61006, 61011, 61024,
            61028, 89501, 89503, 89506, 89507,
        ],
        .reauthorize: [42007, 61003, 61009, 61010, 61023],
        .permission: [45501, 48001, 48004, 50001, 50002, 50004, 61007, 61016, 61017, 80313],
        .quotaExhausted: [45009, 45040],
        .rateLimited: [45011],
        .invalidRequest: [40035, 40038, 40097, 40101, 41011, 45002, 47001, 80302, 80303, 80306],
        .internalError: [
            40002, 40066, 40222, 41001, 41018, 41021, 43001, 43002, 43003, 44002, 47002, 61014, 61015,
        ],
        .notFound: [80300, 80310],
        .wrongAccount: [80301],
        .apiError: [40030, 40082, 42002, 45047, 48006, 80304, 80305, 80307, 80309],
    ]

    @Test(arguments: expected.flatMap { kind, codes in codes.map { ($0, kind) } })
    func knowsTheCode(code: Int, kind: APIFailure.Kind) {
        let meaning = WeChatErrorCode.meaning(of: code, at: .business)
        #expect(meaning.code == code)
        #expect(meaning.kind == kind)
        #expect(WeChatErrorCode.table.contains(meaning))
    }

    @Test func holdsNoOtherCode() {
        #expect(Set(WeChatErrorCode.table.map(\.code)) == Set(Self.expected.values.joined()))
    }

    private static let tables = [
        WeChatErrorCode.table, WeChatErrorCode.tokenEndpointTable, WeChatErrorCode.componentTokenEndpointTable,
        WeChatErrorCode.componentEndpointTable,
    ]

    @Test func holdsNoCodeTwice() {
        for table in Self.tables {
            #expect(Set(table.map(\.code)).count == table.count)
        }
    }

    @Test(arguments: tables.flatMap { $0 })
    func givesAReasonThatFitsItsKind(line: WeChatErrorCode) {
        #expect(!line.reason.isEmpty)
        #expect(line.reason == Redaction.text(line.reason))
        switch line.kind {
        case .tokenRejected: #expect(line.disposition == .refreshToken)
        case .credentials, .reauthorize, .quotaExhausted, .rateLimited: #expect(line.disposition == .holdAccount)
        case .notFound, .wrongAccount, .invalidRequest, .apiError, .internalError:
            #expect(line.disposition == .giveUp)
        default: break
        }
        #expect(line.retryable == (line.disposition != .giveUp))
    }

    @Test(
        arguments: [1, 99999, -2, Int.max, Int.min],
        [WeChatErrorCode.Endpoint.business, .token, .componentToken, .component])
    func takesAnUnknownCodeForFinal(code: Int, endpoint: WeChatErrorCode.Endpoint) {
        let meaning = WeChatErrorCode.meaning(of: code, at: endpoint)
        #expect(meaning.kind == .apiError)
        #expect(meaning.disposition == .giveUp)
        #expect(!meaning.retryable)
    }

    @Test(arguments: [
        (40001, APIFailure.Kind.credentials), (40013, .credentials), (40125, .credentials), (61005, .credentials),
        (61006, .credentials), (61011, .credentials), (61004, .credentials), (45009, .quotaExhausted),
        (48001, .permission), (-1, .busy),
    ])
    func takesAComponentTokensCodesForFaultsOfItsSecretOrTicket(code: Int, kind: APIFailure.Kind) {
        #expect(WeChatErrorCode.meaning(of: code, at: .componentToken).kind == kind)
    }

    @Test(arguments: [
        (40001, APIFailure.Kind.tokenRejected), (40014, .tokenRejected), (42001, .tokenRejected),
        (42006, .tokenRejected), (61009, .reauthorize), (61010, .reauthorize), (61023, .reauthorize),
        (61003, .reauthorize), (61004, .credentials), (45009, .quotaExhausted), (-1, .busy),
    ])
    func takesTokensRefusedToAComponentForItsOwn(code: Int, kind: APIFailure.Kind) {
        let meaning = WeChatErrorCode.meaning(of: code, at: .component)
        #expect(meaning.kind == kind)
        #expect(meaning.reason.contains("component's access token") == (kind == .tokenRejected))
    }

    /// The one code whose meaning depends on who says it.
    @Test func takes40001ForAWrongSecretWhereTokensAreHandedOut() {
        let meaning = WeChatErrorCode.meaning(of: 40001, at: .token)
        #expect(meaning.kind == .credentials)
        #expect(meaning.disposition == .holdAccount)
    }

    @Test(arguments: WeChatErrorCode.table.filter { $0.code != 40001 })
    func meansTheSameAtBothEndpoints(line: WeChatErrorCode) {
        #expect(WeChatErrorCode.meaning(of: line.code, at: .token) == line)
    }
}
