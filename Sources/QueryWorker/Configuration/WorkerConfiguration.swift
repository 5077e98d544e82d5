package import WeChat

/// All that `query-worker run` needs to know, checked.
package struct WorkerConfiguration: Sendable {
    package let kafka: KafkaConfiguration
    package let jobsTopic: String
    package let repliesTopic: String
    /// Besides `repliesTopic`.
    package let allowedReplyTopics: Set<String>
    /// nil: records that are no jobs are answered, and kept nowhere.
    package let deadLetterTopic: String?
    package let maxConsecutiveDeadLetters: Int
    package let delivery: Delivery
    /// nil: `InstanceIdentity` finds one.
    package let instanceID: String?
    package let maxJobsInFlight: Int
    /// In bytes.
    package let maxMemory: Int
    package let maxPublishBatch: Int
    package let foreignLedger: ForeignLedgerPolicy
    package let jobTimeout: Duration
    package let stuckAfter: Duration
    package let rebalanceDrain: Duration
    package let shutdownDrain: Duration
    package let api: API
    package let retry: Retry
    /// In the order of their appids.
    package let accounts: [AccountConfiguration]
    /// In the order of their appids; every one that an account names.
    package let components: [ComponentConfiguration]
    /// Account of jobs that name none, spelled as in `accounts` if it is there; nil if they must name one.
    package let defaultAccount: String?
    /// What becomes of the jobs of an account that can't be served.
    package let accountHold: HoldMode
    /// Jobs that one account of several may hold; nil if there is one account only.
    package let accountShare: Int?
    package let quotaReset: QuotaReset
    package let credentials: CredentialsConfiguration
    package let adminListen: AdminListen
    package let readinessTimeout: Duration
    package let logLevel: LogLevel
    package let logFormat: LogFormat
    /// Tells what another reading of the configuration changes.
    let fingerprint: ConfigurationFingerprint

    package struct API: Sendable {
        /// Without a slash at the end.
        package let baseURL: String
        /// May hold credentials: not for logs.
        package let proxy: String?
        package let caFile: String?
        package let concurrency: Int
        package let timeout: Duration
        /// Of a call that brings a token.
        package let tokenTimeout: Duration
        package let connectTimeout: Duration
    }

    package struct Retry: Sendable {
        /// The first call included.
        package let attempts: Int
        package let backoff: Duration
        package let maxBackoff: Duration
        /// In percent; see `RetryBudget`.
        package let budget: Int
    }

    /// Accounts may be used that are not configured: those that have authorised a component which takes any.
    package var acceptsAnyAccount: Bool { components.contains { $0.accounts == .any } }

    /// There is nothing to do while this one account can't be used.
    package var hasOneAccount: Bool { Self.hasOneAccount(accounts, components) }

    static func hasOneAccount(_ accounts: [AccountConfiguration], _ components: [ComponentConfiguration]) -> Bool {
        accounts.count == 1 && !components.contains { $0.accounts == .any }
    }
}
