internal import WeChat

// What the operator does about a token that can't be had.
extension APIFailure {
    var tokenCause: CheckFinding.Cause {
        switch self.kind {
        case .credentials, .permission, .reauthorize: .permission
        default: .fatal
        }
    }

    /// - Parameter keys: where the account proves who it is, such as "account.wx1.secret or account.wx1.secret.file".
    func tokenRemedy(_ keys: String) -> String {
        switch self.kind {
        case .credentials: credentialsRemedy(keys)
        case .permission: "have WeChat lift the limit on the account, or grant it the API"
        case .reauthorize: "have the merchant authorise the platform again"
        case .quotaExhausted: "wait until WeChat's quota is new; something asks for tokens far too often"
        case .rateLimited, .busy: "try again in a minute"
        case .timeout, .transport: "check api.base.url, api.proxy, api.ca.file and the network"
        case .protocolError: "check api.base.url and api.proxy: what answers there is not WeChat"
        default: "look the code up in WeChat's documentation"
        }
    }

    private func credentialsRemedy(_ keys: String) -> String {
        switch self.errcode {
        case nil: "correct \(keys), or what the message names"
        case 61005, 61006: "repair the platform's event receiver, so that WeChat's pushes are passed on to the worker"
        case 40013, 41002: "correct the appid in the configuration's account keys"
        case 40243: "unfreeze the AppSecret on WeChat's platform"
        case 40164, 45035, 61004: "add this host's address to the account's IP list on WeChat's platform"
        case 89501, 89503: "have the account's administrator confirm this host's address"
        case 89506, 89507: "ask the account's administrator, who has refused this host's address"
        // The keys begin with whose they are.
        default: "put the \(keys.prefix { $0 != "." })'s AppSecret into \(keys)"
        }
    }
}
