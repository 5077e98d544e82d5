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
        /// One that hands out tokens.
        case token
    }

    /// The table's line for `code`; codes it does not know are `api_error`, and final.
    package static func meaning(of code: Int, at endpoint: Endpoint) -> WeChatErrorCode {
        if endpoint == .token, let line = tokenEndpointLines[code] { return line }
        return lines[code] ?? WeChatErrorCode(code, .apiError, .giveUp, "not in the table")
    }

    private static let lines = Dictionary(uniqueKeysWithValues: table.map { ($0.code, $0) })
    private static let tokenEndpointLines = Dictionary(uniqueKeysWithValues: tokenEndpointTable.map { ($0.code, $0) })
}

extension WeChatErrorCode {
    /// "Reach max api minute quota limit": the one account fault that is over within a job's time.
    static let minuteQuotaReached = 45011
    /// The administrator refused this IP address, once and twice: no call for an hour, and for a day.
    static let addressRefusedForAnHour = 89507
    static let addressRefusedForADay = 89506
}
