/// The error codes that the simulator answers with, and WeChat's text for each.
enum SimulatedErrorCode: Int, Error {
    case busy = -1
    case invalidCredential = 40001
    case invalidGrantType = 40002
    case invalidAppID = 40013
    case invalidURL = 40066
    case invalidArguments = 40097
    case tokenMissing = 41001
    case appIDMissing = 41002
    case secretMissing = 41004
    case tokenExpired = 42001
    case postWanted = 43002
    case minuteQuotaReached = 45011
    case notJSON = 47001
    case applicationNotFound = 80300
    case applicationOfAnotherAccount = 80301

    var text: StaticString {
        switch self {
        case .busy: "system error"
        case .invalidCredential: "invalid credential, access_token is invalid or not latest"
        case .invalidGrantType: "invalid grant_type"
        case .invalidAppID: "invalid appid"
        case .invalidURL: "invalid url"
        case .invalidArguments: "invalid args, application_id or isv_application_id wanted"
        case .tokenMissing: "access_token missing"
        case .appIDMissing: "appid missing"
        case .secretMissing: "appsecret missing"
        case .tokenExpired: "access_token expired"
        case .postWanted: "require POST method"
        case .minuteQuotaReached: "api minute-quota reach limit, must slower, retry next minute"
        case .notJSON: "data format error"
        case .applicationNotFound: "application not exist"
        case .applicationOfAnotherAccount: "application not belong to this account"
        }
    }

    /// At the token endpoint 40001 speaks of the secret.
    var textAtTokenEndpoint: StaticString {
        self == .invalidCredential ? "invalid credential, AppSecret is wrong or of another appid" : text
    }
}
