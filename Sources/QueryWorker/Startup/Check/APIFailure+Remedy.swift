internal import WeChat

// What the operator does about a token that can't be had.
extension APIFailure {
    var tokenCause: CheckFinding.Cause {
        switch kind {
        case .credentials, .permission, .reauthorize: .permission
        default: .fatal
        }
    }

    func tokenRemedy(_ account: String) -> String {
        switch kind {
        case .credentials: credentialsRemedy(account)
        case .permission: "have WeChat lift the limit on the account, or grant it the API"
        case .reauthorize: "have the merchant authorise the platform again"
        case .quotaExhausted: "wait until WeChat's quota is new; something asks for tokens far too often"
        case .rateLimited, .busy: "try again in a minute"
        case .timeout, .transport: "check api.base.url, api.proxy, api.ca.file and the network"
        case .protocolError: "check api.base.url and api.proxy: what answers there is not WeChat"
        default: "look the code up in WeChat's documentation"
        }
    }

    private func credentialsRemedy(_ account: String) -> String {
        let secret = "account.\(account).secret or account.\(account).secret.file"
        return switch errcode {
        case nil: "correct \(secret)"
        case 40013, 41002: "correct the appid in the configuration's account keys"
        case 40243: "unfreeze the AppSecret on WeChat's platform"
        case 40164, 45035, 61004: "add this host's address to the account's IP list on WeChat's platform"
        case 89501, 89503: "have the account's administrator confirm this host's address"
        case 89506, 89507: "ask the account's administrator, who has refused this host's address"
        default: "put the account's AppSecret into \(secret)"
        }
    }
}
