// What keeps an account from having a token, where it is not WeChat's answer alone that says so.
extension APIFailure {
    /// The operator must act. The account is held, and goes on as soon as it is put right.
    static func credentials(_ message: String, errcode: Int? = nil) -> APIFailure {
        APIFailure(
            kind: .credentials, errcode: errcode, message: Redaction.text(message), retryable: true,
            disposition: .holdAccount)
    }

    /// Only the merchant can help.
    static func reauthorize(_ account: String, _ reason: String, errcode: Int? = nil) -> APIFailure {
        APIFailure(
            kind: .reauthorize, errcode: errcode,
            message: Redaction.text("account \(account): \(reason); the merchant must authorise the platform again"),
            retryable: true, disposition: .holdAccount)
    }

    static func unauthorized(_ account: String) -> APIFailure {
        reauthorize(account, "the merchant has withdrawn the authorisation")
    }

    static func store(_ error: CredentialStoreError) -> APIFailure {
        switch error {
        case .busy(let text):
            APIFailure(
                kind: .busy, message: Redaction.text("the credential store is busy: \(text)"), retryable: true,
                disposition: .retry)
        case .failed(let text), .damaged(let text): .credentials("the credential store cannot be used: \(text)")
        }
    }

    /// The same failure, with a name of whom it is about.
    func about(_ subject: String, adding explanation: String? = nil) -> APIFailure {
        var failure = self
        failure.message = Redaction.text("\(subject): \(self.message)" + (explanation.map { "; \($0)" } ?? ""))
        return failure
    }
}
