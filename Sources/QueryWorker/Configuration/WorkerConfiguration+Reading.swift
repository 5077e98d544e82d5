internal import WeChat

extension WorkerConfiguration {
    /// Reads every key. What is wrong becomes a problem of `values` and has its default here, so that all is found.
    init(from values: inout ConfigurationValues) {
        typealias Keys = ConfigurationKeys
        maxMemory = values.value(of: Keys.maxMemory)
        kafka = KafkaConfiguration(from: &values, maxMemory: maxMemory)
        jobsTopic = values.value(of: Keys.jobsTopic)
        repliesTopic = values.value(of: Keys.repliesTopic)
        allowedReplyTopics = Set(values.value(of: Keys.allowedReplyTopics))
        deadLetterTopic = Self.deadLetterTopic(from: &values, jobsTopic: jobsTopic)
        maxConsecutiveDeadLetters = values.value(of: Keys.maxConsecutiveDeadLetters)
        delivery = values.value(of: Keys.delivery)
        instanceID = values.value(of: Keys.instanceID)
        maxJobsInFlight = values.value(of: Keys.maxJobsInFlight)
        maxPublishBatch = values.value(of: Keys.maxPublishBatch)
        foreignLedger = values.value(of: Keys.foreignLedger)
        jobTimeout = values.value(of: Keys.jobTimeout)
        stuckAfter = values.value(of: Keys.stuckAfter)
        rebalanceDrain = values.value(of: Keys.rebalanceDrain)
        shutdownDrain = values.value(of: Keys.shutdownDrain)
        api = API(
            baseURL: values.value(of: Keys.apiBaseURL), proxy: values.value(of: Keys.apiProxy),
            caFile: values.value(of: Keys.apiCAFile), concurrency: values.value(of: Keys.apiConcurrency),
            timeout: values.value(of: Keys.apiTimeout), tokenTimeout: values.value(of: Keys.apiTokenTimeout),
            connectTimeout: values.value(of: Keys.apiConnectTimeout))
        retry = Retry(
            attempts: values.value(of: Keys.retryAttempts), backoff: values.value(of: Keys.retryBackoff),
            maxBackoff: values.value(of: Keys.maxRetryBackoff), budget: values.value(of: Keys.retryBudget))
        components = values.configuredComponents.compactMap { appID, spelled in
            ComponentConfiguration(appID, spelled: spelled, from: &values)
        }
        accounts = Self.accounts(from: &values)
        defaultAccount = Self.defaultAccount(from: &values)
        let hasOne = Self.hasOneAccount(accounts, components)
        accountHold = values.value(of: Keys.accountHold) ?? (hasOne ? .wait : .answer)
        let share = values.value(of: Keys.accountShare) ?? max(1, maxJobsInFlight / 2)
        accountShare = hasOne ? nil : min(share, maxJobsInFlight)
        quotaReset = values.value(of: Keys.quotaReset)
        credentials = CredentialsConfiguration(from: &values)
        adminListen = AdminListen(from: &values)
        readinessTimeout = values.value(of: Keys.readinessTimeout)
        logLevel = values.value(of: Keys.logLevel)
        logFormat = values.value(of: Keys.logFormat)
        fingerprint = ConfigurationFingerprint(values, kafka)
        check(&values)
    }

    /// - Returns: nil where the operator has turned dead letters off.
    static func deadLetterTopic(from values: inout ConfigurationValues, jobsTopic: String) -> String? {
        let key = ConfigurationKeys.deadLetterTopic
        return values.value(of: key) ?? (values.entries[key.name] == nil ? defaultDeadLetterTopic(jobsTopic) : nil)
    }

    /// As Spring Kafka names it.
    static func defaultDeadLetterTopic(_ jobsTopic: String) -> String { jobsTopic + "-dlt" }

    private static func accounts(from values: inout ConfigurationValues) -> [AccountConfiguration] {
        let appIDs = values.configuredAppIDs
        if appIDs.isEmpty, !acceptsAnyAccount(values) {
            values.problem(
                ConfigurationKeys.accountSecret.name,
                "no account is configured; set account.<appid>.secret.file to the path of a file with the AppSecret")
        }
        return appIDs.compactMap { appID, spelled in
            AccountConfiguration(appID, spelled: spelled, from: &values)
        }
    }

    /// Whether a component does, be the rest of its keys right or wrong.
    private static func acceptsAnyAccount(_ values: ConfigurationValues) -> Bool {
        var values = values
        return values.configuredComponents.contains { appID, _ in
            values.value(of: ConfigurationKeys.componentAccounts.forAccount(appID)) == .any
        }
    }

    private static func defaultAccount(from values: inout ConfigurationValues) -> String? {
        let appIDs = values.configuredAppIDs
        guard let name = values.value(of: ConfigurationKeys.defaultAccount) else {
            return appIDs.count == 1 ? appIDs.first?.spelled : nil
        }
        if let match = appIDs.first(where: { $0.canonical == name.lowercased() }) { return match.spelled }
        if acceptsAnyAccount(values) { return name }
        let known = appIDs.isEmpty ? "none is" : "those are \(appIDs.map(\.spelled).joined(separator: ", "))"
        values.problem(
            ConfigurationKeys.defaultAccount.name, "should name a configured account (\(known)), but is \"\(name)\"")
        return nil
    }
}
