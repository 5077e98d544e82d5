package import WeChat

/// A WeChat account on whose behalf jobs may be done.
package struct AccountConfiguration: Sendable {
    /// How its access token is got.
    package enum Mode: String, CaseIterable, Sendable {
        case stableToken = "stable_token"
    }

    /// Spelled as the operator did where a source keeps case, else in lower case.
    package let appID: String
    package let mode: Mode
    package let secret: Secret
    package let rate: CallRate?
}
