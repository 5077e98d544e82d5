/// What one of WeChat's error codes means for a job. The table is in `WeChatErrorCode+Table.swift`.
package struct WeChatErrorCode: Sendable, Equatable {
    package let code: Int
    package let kind: APIFailure.Kind
    package let disposition: APIFailure.Disposition
    package let reason: String

    /// The same job may succeed later.
    package var retryable: Bool { disposition != .giveUp }

    init(_ code: Int, _ kind: APIFailure.Kind, _ disposition: APIFailure.Disposition, _ reason: String) {
        self.code = code
        self.kind = kind
        self.disposition = disposition
        self.reason = reason
    }

    /// Which of WeChat's endpoints answered: the same code can mean another thing.
    package enum Endpoint: Sendable {
        case business
        /// One that hands out an account's tokens for its secret.
        case token
        /// The one that hands out a component's token for its secret and ticket.
        case componentToken
        /// One that a component calls with its own token, about an account that has authorised it.
        case component
    }

    /// The table's line for `code`; codes it does not know are `api_error`, and final.
    package static func meaning(of code: Int, at endpoint: Endpoint) -> WeChatErrorCode {
        let special: WeChatErrorCode? =
            switch endpoint {
            case .business: nil
            case .token: tokenEndpointLines[code]
            case .componentToken: componentTokenEndpointLines[code]
            case .component: componentEndpointLines[code]
            }
        return special ?? lines[code] ?? WeChatErrorCode(code, .apiError, .giveUp, "not in the table")
    }

    private static let lines = byCode(table)
    private static let tokenEndpointLines = byCode(tokenEndpointTable)
    private static let componentTokenEndpointLines = byCode(componentTokenEndpointTable)
    private static let componentEndpointLines = byCode(componentEndpointTable)

    private static func byCode(_ table: [WeChatErrorCode]) -> [Int: WeChatErrorCode] {
        Dictionary(uniqueKeysWithValues: table.map { ($0.code, $0) })
    }
}

extension WeChatErrorCode {
    static let ticketExpired = 61005
    static let ticketInvalid = 61006
    static let authorizationCodeInvalid = 61009
    static let authorizationCodeExpired = 61010
    static let refreshTokenInvalid = 61023
    /// "Reach max api minute quota limit": the one account fault that is over within a job's time.
    static let minuteQuotaReached = 45011
    /// The administrator refused this IP address, once and twice: no call for an hour, and for a day.
    static let addressRefusedForAnHour = 89507
    static let addressRefusedForADay = 89506
}
