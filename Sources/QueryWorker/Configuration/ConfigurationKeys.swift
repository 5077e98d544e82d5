internal import WeChat

/// The table of all settings. A key that is not in `all` is refused wherever it is set.
package enum ConfigurationKeys {
    package static let all: [ConfigurationKeyInfo] = [
        bootstrapServers.info, groupID.info, kafkaProperties, jobsTopic.info, repliesTopic.info,
        allowedReplyTopics.info, deadLetterTopic.info, maxConsecutiveDeadLetters.info, delivery.info, instanceID.info,
        maxJobsInFlight.info, maxMemory.info, apiBaseURL.info, apiProxy.info, apiCAFile.info, apiConcurrency.info,
        apiTimeout.info, apiTokenTimeout.info, apiConnectTimeout.info, retryAttempts.info, retryBackoff.info,
        maxRetryBackoff.info, retryBudget.info, jobTimeout.info, maxPublishBatch.info, foreignLedger.info,
        defaultAccount.info, accountHold.info, accountShare.info, quotaReset.info, accountMode.info, accountSecret,
        accountComponent.info, accountToken, accountTokenURL.info, accountRate.info, componentSecret,
        componentAccounts.info, credentialsStore.info, credentialsDirectory.info, credentialsInbox.info,
        credentialsTopic.info, credentialsKeyFile.info, adminListen.info, readinessTimeout.info, stuckAfter.info,
        rebalanceDrain.info, shutdownDrain.info, logLevel.info, logFormat.info,
    ]

    // MARK: Kafka

    static let bootstrapServers = ConfigurationKey(
        "kafka.bootstrap.servers", .optional(.bootstrapServers), default: nil, unit: "host:port list",
        "Brokers to ask for the rest of the cluster; must be set.")
    static let groupID = ConfigurationKey(
        "kafka.group.id", .text("the name of a consumer group"), default: "query-worker", unit: "name",
        "Consumer group that all instances share; part of the transactional id.")
    static let kafkaProperties = ConfigurationKeyInfo(
        name: "kafka.*", unit: "as librdkafka", defaultText: "", wanted: "a property of librdkafka",
        summary: "Any other property of librdkafka, under its own name.", isSecret: false)
    static let jobsTopic = ConfigurationKey(
        "jobs.topic", .topic, default: "query.requests", unit: "topic", "Topic that jobs are read from.")
    static let repliesTopic = ConfigurationKey(
        "replies.topic", .topic, default: "query.replies", unit: "topic", "Topic that replies are published to.")
    static let allowedReplyTopics = ConfigurationKey(
        "replies.topics.allowed", .topics, default: [], unit: "topic list",
        "Further reply topics that a job may ask for by its kafka_replyTopic header.")
    /// Its default follows `jobs.topic`: see `WorkerConfiguration`.
    static let deadLetterTopic = ConfigurationKey(
        "deadletter.topic", .optional(.topic), default: nil, unit: "topic",
        "Topic for records that are no jobs; by default jobs.topic and -dlt, if set to nothing there is none.")
    static let maxConsecutiveDeadLetters = ConfigurationKey(
        "deadletter.consecutive.max", .integer(1...1_000_000), default: 100, unit: "records",
        "Dead letters in a row after which a partition slows to one record a second, until a good one comes.")
    static let delivery = ConfigurationKey(
        "delivery", .choice { (delivery: Delivery) in delivery.rawValue }, default: .exactlyOnce, unit: "",
        "What is promised of replies; at-least-once is for brokers without transactions.")
    static let instanceID = ConfigurationKey(
        "instance.id", .optional(.identifier), default: nil, unit: "name",
        "Name of this instance, unlike any other's in the group; by default host name and lowest free number.")
    static let maxPublishBatch = ConfigurationKey(
        "publish.batch.max", .integer(1...100_000), default: 1000, unit: "replies", "Most replies in one transaction.")
    static let foreignLedger = ConfigurationKey(
        "ledger.foreign", .choice { (policy: ForeignLedgerPolicy) in policy.rawValue }, default: .refuse, unit: "",
        "What to do about commit metadata that this worker did not write: stop, or answer jobs again.")
    static let rebalanceDrain = ConfigurationKey(
        "rebalance.drain", .duration(.zero ... .seconds(3600)), default: .seconds(10), unit: "duration",
        "How long calls on the wire may go on when their partition moves to another instance.")

    // MARK: Jobs

    static let maxJobsInFlight = ConfigurationKey(
        "jobs.in.flight.max", .integer(1...65_536), default: 1024, unit: "jobs", "Most jobs held at once.")
    static let maxMemory = ConfigurationKey(
        "memory.max", .size(8 << 20...1 << 40), default: 64 << 20, unit: "size",
        "Most memory for jobs, replies and fetched records.")
    static let jobTimeout = ConfigurationKey(
        "job.timeout", .duration(.milliseconds(1) ... .seconds(86_400)), default: .seconds(60), unit: "duration",
        "Time after which a job that names no deadline of its own is answered as timed out.")
    static let retryAttempts = ConfigurationKey(
        "retry.attempts", .integer(1...100), default: 5, unit: "attempts", "Most calls for one job, the first included."
    )
    static let retryBackoff = ConfigurationKey(
        "retry.backoff", .duration(.milliseconds(1) ... .seconds(600)), default: .milliseconds(100), unit: "duration",
        "Upper bound of the first retry's random delay; doubles with each one after.")
    static let maxRetryBackoff = ConfigurationKey(
        "retry.backoff.max", .duration(.milliseconds(1) ... .seconds(3600)), default: .seconds(5), unit: "duration",
        "What that bound grows to.")
    static let retryBudget = ConfigurationKey(
        "retry.budget", .integer(0...1000), default: 20, unit: "percent",
        "Most retries for a hundred first calls, beside ten a second; what is over waits. For failures that hint at overload."
    )
    static let stuckAfter = ConfigurationKey(
        "stuck.after", .duration(.seconds(1) ... .seconds(86_400)), default: .seconds(120), unit: "duration",
        "Time after which a partition with work that gets nothing done is reported, and one that fetches nothing is ended."
    )
    static let shutdownDrain = ConfigurationKey(
        "shutdown.drain", .duration(.zero ... .seconds(3600)), default: .seconds(20), unit: "duration",
        "How long jobs may go on after SIGTERM; keep it below the supervisor's own limit.")

    // MARK: WeChat

    static let apiBaseURL = ConfigurationKey(
        "api.base.url", .baseURL, default: "https://api.weixin.qq.com", unit: "URL", "Where the API is.")
    static let apiProxy = ConfigurationKey(
        "api.proxy", .optional(.proxyURL), default: nil, unit: "URL", "Proxy for calls of the API.")
    static let apiCAFile = ConfigurationKey(
        "api.ca.file", .optional(.path), default: nil, unit: "path",
        "Certificate authorities to trust, in PEM, in place of the system's.")
    static let apiConcurrency = ConfigurationKey(
        "api.concurrency", .integer(1...10_000), default: 128, unit: "calls", "Most calls of the API at once.")
    static let apiTimeout = ConfigurationKey(
        "api.timeout", .duration(.milliseconds(1) ... .seconds(600)), default: .seconds(5), unit: "duration",
        "Limit of one call, connecting included.")
    static let apiTokenTimeout = ConfigurationKey(
        "api.token.timeout", .duration(.milliseconds(1) ... .seconds(600)), default: .seconds(10), unit: "duration",
        "Limit of one call that brings a token, connecting included.")
    static let apiConnectTimeout = ConfigurationKey(
        "api.connect.timeout", .duration(.milliseconds(1) ... .seconds(600)), default: .seconds(3), unit: "duration",
        "Limit of connecting to the API, TLS included.")
    static let defaultAccount = ConfigurationKey(
        "account.default", .optional(.appID), default: nil, unit: "appid",
        "Account of jobs that name none; by default the only one, if there is one.")
    static let accountHold = ConfigurationKey(
        "account.hold", .optional(.choice { (mode: HoldMode) in mode.rawValue }), default: nil, unit: "",
        "Jobs of an account that can't be served wait or are answered; by default wait with one account, answer with more."
    )
    /// Its default follows `jobs.in.flight.max`: see `WorkerConfiguration`.
    static let accountShare = ConfigurationKey(
        "account.in.flight.max", .optional(.integer(1...65_536)), default: nil, unit: "jobs",
        "Most jobs that one of several accounts may hold; by default half of jobs.in.flight.max.")
    static let quotaReset = ConfigurationKey(
        "quota.reset", .timeOfDay, default: .midnightInChina, unit: "time of day",
        "When WeChat gives an account its daily quota anew.")
    static let accountRate = ConfigurationKey(
        "account.<appid>.rate", .optional(.callRate), default: nil, unit: "calls/time",
        "Most calls for the account by this instance, such as 600/m; by default as many as come.")
    static let accountMode = ConfigurationKey(
        "account.<appid>.mode", .choice { (mode: AccountConfiguration.Mode) in mode.rawValue }, default: .stableToken,
        unit: "", "How the account's access token is got.")
    static let accountSecret = ConfigurationKeyInfo(
        name: "account.<appid>.secret", unit: "secret", defaultText: "", wanted: "the account's AppSecret",
        summary: "The account's AppSecret; better in a file, named by account.<appid>.secret.file.", isSecret: true)

    static let accountComponent = ConfigurationKey(
        "account.<appid>.component", .optional(.appID), default: nil, unit: "appid",
        "Third-party platform that the account has authorised; with account.<appid>.mode=authorizer.")
    static let accountToken = ConfigurationKeyInfo(
        name: "account.<appid>.token", unit: "secret", defaultText: "",
        wanted: "an access token, or a JSON object with access_token and expires_in or expires_at",
        summary: "Access token that another service keeps, in a file named by account.<appid>.token.file; with "
            + "account.<appid>.mode=external.", isSecret: true)
    static let accountTokenURL = ConfigurationKey(
        "account.<appid>.token.url", .optional(.tokenURL), default: nil, unit: "URL",
        "Where another service answers with the access token; with account.<appid>.mode=external.")
    static let componentSecret = ConfigurationKeyInfo(
        name: "component.<appid>.secret", unit: "secret", defaultText: "", wanted: "the component's AppSecret",
        summary: "The third-party platform's AppSecret; better in a file, named by component.<appid>.secret.file.",
        isSecret: true)
    static let componentAccounts = ConfigurationKey(
        "component.<appid>.accounts", .choice { (accounts: ComponentConfiguration.Accounts) in accounts.rawValue },
        default: .configured, unit: "",
        "Whether only configured accounts are used, or any that has authorised the platform.")
    static let credentialsStore = ConfigurationKey(
        "credentials.store", .choice { (store: CredentialsConfiguration.Store) in store.rawValue }, default: .memory,
        unit: "",
        "Where refresh tokens and tickets are kept: in memory until the process ends, in files, or in a Kafka topic.")
    static let credentialsDirectory = ConfigurationKey(
        "credentials.directory", .optional(.directory), default: nil, unit: "path",
        "Directory of credentials.store=file, the same for all instances of a host; made if there is none.")
    /// Its default follows `credentials.directory`: see `CredentialsConfiguration`.
    static let credentialsInbox = ConfigurationKey(
        "credentials.inbox", .optional(.directory), default: nil, unit: "path",
        "Directory into which a platform's event receiver drops files; by default inbox in credentials.directory.")

    /// Its default follows `kafka.group.id`: see `CredentialsConfiguration`.
    static let credentialsTopic = ConfigurationKey(
        "credentials.topic", .optional(.topic), default: nil, unit: "topic",
        "Compacted topic of credentials.store=kafka; by default kafka.group.id and -credentials.")
    static let credentialsKeyFile = ConfigurationKey(
        "credentials.key.file", .optional(.path), default: nil, unit: "path",
        "Keys that seal what credentials.store=kafka keeps; `query-worker credentials key` makes one.")

    // MARK: Admin port

    /// Its default is not one address but the first that is free: see `AdminAddress`.
    static let adminListen = ConfigurationKey(
        "admin.listen", .optional(.listenAddress), default: nil, unit: "host:port",
        "Where probes, metrics and the status page are served; by default 127.0.0.1:9464, if set to nothing nowhere.")
    static let readinessTimeout = ConfigurationKey(
        "readiness.timeout", .duration(.seconds(1) ... .seconds(3600)), default: .seconds(30), unit: "duration",
        "How long brokers, the group or all accounts may be lost before the worker says that it is not ready.")

    // MARK: Logs

    static let logLevel = ConfigurationKey(
        "log.level", .choice { (level: LogLevel) in level.name }, default: .info, unit: "",
        "Least level that is logged.")
    static let logFormat = ConfigurationKey(
        "log.format", .choice { (format: LogFormat) in format.rawValue }, default: .json, unit: "",
        "Log lines as JSON, or as text for people.")
}
