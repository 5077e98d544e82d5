/// An error code that the simulator answers with: one that it gives by itself, or any that it is told to give.
struct SimulatedErrorCode: RawRepresentable, Hashable, Error {
    let rawValue: Int

    static let busy = Self(rawValue: -1)
    static let invalidCredential = Self(rawValue: 40001)
    static let invalidGrantType = Self(rawValue: 40002)
    static let invalidAppID = Self(rawValue: 40013)
    static let invalidURL = Self(rawValue: 40066)
    static let invalidArguments = Self(rawValue: 40097)
    static let invalidSecret = Self(rawValue: 40125)
    static let addressNotOnList = Self(rawValue: 40164)
    static let tokenMissing = Self(rawValue: 41001)
    static let appIDMissing = Self(rawValue: 41002)
    static let secretMissing = Self(rawValue: 41004)
    static let componentTokenMissing = Self(rawValue: 41021)
    static let tokenExpired = Self(rawValue: 42001)
    static let getWanted = Self(rawValue: 43001)
    static let postWanted = Self(rawValue: 43002)
    static let dayQuotaReached = Self(rawValue: 45009)
    static let minuteQuotaReached = Self(rawValue: 45011)
    static let notJSON = Self(rawValue: 47001)
    static let notAuthorized = Self(rawValue: 61003)
    static let addressNotRegistered = Self(rawValue: 61004)
    static let ticketExpired = Self(rawValue: 61005)
    static let ticketInvalid = Self(rawValue: 61006)
    static let codeInvalid = Self(rawValue: 61010)
    static let refreshTokenInvalid = Self(rawValue: 61023)
    static let applicationNotFound = Self(rawValue: 80300)
    static let applicationOfAnotherAccount = Self(rawValue: 80301)

    /// WeChat's text, before hint and rid. Where a token is asked for with a secret, 40001 speaks of the secret.
    func text(at endpoint: SimulatedEndpoint?, isChinese: Bool) -> String {
        if isChinese { return Self.cut(Self.chineseTexts[rawValue] ?? "请求失败，请检查接口权限、调用参数以及账号状态后重试") }
        if self == .invalidCredential, endpoint?.takesSecret == true {
            return "invalid credential, AppSecret is wrong or of another appid"
        }
        return Self.englishTexts[rawValue] ?? "request failed"
    }

    /// The address of documentations (RFC 5737): a stand-in sees none that WeChat would.
    static let callerAddress = "203.0.113.7"

    /// WeChat cuts Chinese texts, mostly within a sentence.
    private static func cut(_ text: String) -> String { text.prefix(49) + "..." }
}
