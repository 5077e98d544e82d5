extension ComponentConfiguration {
    /// Reads a component's keys.
    ///
    /// - Returns: nil without a secret, which is then a problem of `values`.
    init?(_ appID: String, spelled: String, from values: inout ConfigurationValues) {
        let accounts = values.value(of: ConfigurationKeys.componentAccounts.forAccount(appID))
        let field = ConfigurationNames.field(ofPattern: ConfigurationKeys.componentSecret.name)
        guard let secret = values.secret(ConfigurationNames.componentKey(appID, field: field)) else {
            let key = ConfigurationNames.componentKey(spelled, field: field)
            values.problem(
                key, "is not set; give the component's AppSecret here, or the path of a file with it as \(key).file")
            return nil
        }
        self.init(appID: spelled, secret: secret, accounts: accounts)
    }
}
