package import WeChat

/// A WeChat account on whose behalf jobs may be done.
package struct AccountConfiguration: Sendable {
    /// How its access token is got.
    package enum Mode: String, CaseIterable, Sendable {
        case stableToken = "stable_token"
        case token
        case external
        case authorizer
    }

    /// The mode, and what it needs.
    package enum Access: Sendable {
        case stableToken(secret: Secret)
        case token(secret: Secret)
        case external(token: Secret)
        /// May hold credentials: not for logs.
        case externalURL(String)
        case authorizer(component: String)
    }

    /// Spelled as the operator did where a source keeps case, else in lower case.
    package let appID: String
    package let access: Access
    package let rate: CallRate?

    package var mode: Mode {
        switch access {
        case .stableToken: .stableToken
        case .token: .token
        case .external, .externalURL: .external
        case .authorizer: .authorizer
        }
    }

    /// What the mode reads anew for every use.
    var replaceableSecret: Secret? {
        switch access {
        case .stableToken(let secret), .token(let secret), .external(let secret): secret
        case .externalURL, .authorizer: nil
        }
    }

    /// Its own AppSecret, where the mode needs one.
    package var secret: Secret? {
        switch access {
        case .stableToken(let secret), .token(let secret): secret
        case .external, .externalURL, .authorizer: nil
        }
    }
}
