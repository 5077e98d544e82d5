import Kafka
import QueryWorker
import Testing
import WeChat

@Suite struct ConfigurationTests {
    @Test func aBrokerAndASecretAreEnough() throws {
        let (configuration, warnings) = try ConfigurationFixture().load()
        #expect(warnings.isEmpty)
        #expect(configuration.kafka.bootstrapServers == "broker:9092")
        #expect(configuration.kafka.groupID == "query-worker")
        #expect(configuration.jobsTopic == "query.requests")
        #expect(configuration.repliesTopic == "query.replies")
        #expect(configuration.allowedReplyTopics.isEmpty)
        #expect(configuration.deadLetterTopic == "query.requests-dlt")
        #expect(configuration.maxConsecutiveDeadLetters == 100)
        #expect(configuration.delivery == .exactlyOnce)
        #expect(configuration.instanceID == nil)
        #expect(configuration.maxJobsInFlight == 1024)
        #expect(configuration.maxMemory == 67_108_864)
        #expect(configuration.maxPublishBatch == 1000)
        #expect(configuration.foreignLedger == .refuse)
        #expect(configuration.jobTimeout == .seconds(60))
        #expect(configuration.stuckAfter == .seconds(120))
        #expect(configuration.rebalanceDrain == .seconds(10))
        #expect(configuration.shutdownDrain == .seconds(20))
        #expect(configuration.api.baseURL == "https://api.weixin.qq.com")
        #expect(configuration.api.proxy == nil)
        #expect(configuration.api.concurrency == 128)
        #expect(configuration.api.timeout == .seconds(5))
        #expect(configuration.api.tokenTimeout == .seconds(10))
        #expect(configuration.api.connectTimeout == .seconds(3))
        #expect(configuration.retry.attempts == 5)
        #expect(configuration.retry.backoff == .milliseconds(100))
        #expect(configuration.retry.maxBackoff == .seconds(5))
        #expect(configuration.accounts.map(\.appID) == ["wx1"])
        #expect(try configuration.accounts.first?.secret?.read() == "hush")
        #expect(configuration.defaultAccount == "wx1")
        #expect(configuration.credentials == CredentialsConfiguration(store: .memory))
        #expect(configuration.logLevel == .info)
        #expect(configuration.logFormat == .json)
    }

    /// The key's assignment, and on lines of their own those that it needs.
    static let fields: [(String, @Sendable (WorkerConfiguration) -> Bool)] = [
        ("kafka.group.id=g", { $0.kafka.groupID == "g" }),
        ("jobs.topic=a", { $0.jobsTopic == "a" }),
        ("replies.topic=b", { $0.repliesTopic == "b" }),
        ("replies.topics.allowed=c, d", { $0.allowedReplyTopics == ["c", "d"] }),
        ("deadletter.topic=e", { $0.deadLetterTopic == "e" }),
        ("deadletter.topic=", { $0.deadLetterTopic == nil }),
        ("jobs.topic=a", { $0.deadLetterTopic == "a-dlt" }),
        ("deadletter.consecutive.max=8", { $0.maxConsecutiveDeadLetters == 8 }),
        ("delivery=at-least-once", { $0.delivery == .atLeastOnce }),
        ("instance.id=i-1", { $0.instanceID == "i-1" }),
        ("jobs.in.flight.max=7", { $0.maxJobsInFlight == 7 }),
        ("memory.max=16MiB", { $0.maxMemory == 16 << 20 }),
        ("publish.batch.max=9", { $0.maxPublishBatch == 9 }),
        ("ledger.foreign=ignore", { $0.foreignLedger == .ignore }),
        ("job.timeout=2m", { $0.jobTimeout == .seconds(120) }),
        ("stuck.after=30s", { $0.stuckAfter == .seconds(30) }),
        ("rebalance.drain=0s", { $0.rebalanceDrain == .zero }),
        ("shutdown.drain=1h", { $0.shutdownDrain == .seconds(3600) }),
        ("api.base.url=http://127.0.0.1:8080/", { $0.api.baseURL == "http://127.0.0.1:8080" }),
        ("api.proxy=socks5h://u:p@proxy:1080", { $0.api.proxy == "socks5h://u:p@proxy:1080" }),
        ("api.ca.file=/etc/ca.pem", { $0.api.caFile == "/etc/ca.pem" }),
        ("api.concurrency=3", { $0.api.concurrency == 3 }),
        ("api.timeout=250ms", { $0.api.timeout == .milliseconds(250) }),
        ("api.token.timeout=7s", { $0.api.tokenTimeout == .seconds(7) }),
        ("api.connect.timeout=1s", { $0.api.connectTimeout == .seconds(1) }),
        ("retry.attempts=1", { $0.retry.attempts == 1 }),
        ("retry.backoff=1ms", { $0.retry.backoff == .milliseconds(1) }),
        ("retry.backoff.max=9s", { $0.retry.maxBackoff == .seconds(9) }),
        ("account.wx1.mode=stable_token", { $0.accounts.first?.mode == .stableToken }),
        ("account.wx1.mode=token", { $0.accounts.first?.mode == .token }),
        ("account.hold=answer", { $0.accountHold == .answer }),
        // With one account there are no shares.
        ("account.in.flight.max=7", { $0.accountShare == nil }),
        ("quota.reset=16:30Z", { $0.quotaReset == QuotaReset(sinceMidnightUTC: .seconds(59_400)) }),
        ("account.wx1.rate=600/m", { $0.accounts.first?.rate == CallRate(calls: 600, per: .seconds(60)) }),
        ("retry.budget=7", { $0.retry.budget == 7 }),
        ("account.default=WX1", { $0.defaultAccount == "wx1" }),
        ("credentials.store=file\ncredentials.directory=/c", { $0.credentials.store == .file }),
        ("credentials.directory=/c\ncredentials.store=file", { $0.credentials.directory == "/c" }),
        ("credentials.directory=/c\ncredentials.store=file", { $0.credentials.inbox == "/c/inbox" }),
        ("credentials.inbox=/i", { $0.credentials.inbox == "/i" }),
        ("credentials.inbox=\ncredentials.store=file\ncredentials.directory=/c", { $0.credentials.inbox == nil }),
        ("admin.listen=0.0.0.0:80", { $0.adminListen == .address(AdminAddress(host: "0.0.0.0", port: 80)) }),
        ("admin.listen=[::1]:9", { $0.adminListen == .address(AdminAddress(host: "::1", port: 9)) }),
        ("admin.listen=127.0.0.1:0", { $0.adminListen == .address(AdminAddress(host: "127.0.0.1", port: 0)) }),
        ("admin.listen=", { $0.adminListen == .off }),
        ("readiness.timeout=5s", { $0.readinessTimeout == .seconds(5) }),
        ("log.level=debug", { $0.logLevel == .debug }),
        ("log.format=text", { $0.logFormat == .text }),
    ]

    @Test(arguments: fields.indices)
    func everyKeyReachesItsField(index: Int) throws {
        let (assignments, isSet) = Self.fields[index]
        let fixture = ConfigurationFixture(assignments: assignments.split(separator: "\n").map(String.init))
        let (configuration, _) = try fixture.load()
        #expect(isSet(configuration), "\(assignments)")
    }

    @Test func theTableOfFieldsLeavesNoKeyOut() {
        let tested = Set(Self.fields.map { String($0.0.prefix { $0 != "=" }) })
        let keys = ConfigurationKeys.all.map { $0.name.replacing("<appid>", with: "wx1") }
        // Those about components and other services' tokens have `AccountConfigurationTests`; those of
        // credentials.store=kafka need a file.
        let byItself = [
            "kafka.bootstrap.servers", "kafka.*", "account.wx1.secret", "account.wx1.component", "account.wx1.token",
            "account.wx1.token.url", "component.wx1.secret", "component.wx1.accounts",
            "credentials.topic", "credentials.key.file",
        ]
        #expect(Set(keys).subtracting(byItself) == tested)
    }

    @Test func laterSourcesWin() throws {
        var fixture = ConfigurationFixture(file: ConfigurationFixture.complete + "\njobs.topic=file")
        #expect(try fixture.load().configuration.jobsTopic == "file")
        fixture.environment["QUERY_WORKER_JOBS_TOPIC"] = "environment"
        #expect(try fixture.load().configuration.jobsTopic == "environment")
        fixture.assignments = ["jobs.topic=first", "jobs.topic=last"]
        #expect(try fixture.load().configuration.jobsTopic == "last")
    }

    @Test func laterFilesWin() throws {
        let arguments = ConfigurationArguments(files: ["one", "two"])
        let configuration = try Configuration.load(
            arguments: arguments, environment: [:],
            readFile: { path throws(FileError) in
                Array((ConfigurationFixture.complete + "\njobs.topic=\(path)").utf8)
            }
        ).configuration
        #expect(configuration.jobsTopic == "two")
    }

    @Test func allProblemsAreToldAtOnceEachWithItsPlace() {
        let fixture = ConfigurationFixture(
            file: "jobs.topic=a b\napi.timeuot=1s\nnonsense",
            environment: ["QUERY_WORKER_API_CONCURRENCY": "0"], assignments: ["memory.max=64MB", "log.level"])
        #expect(
            fixture.problems == [
                "worker.conf:3: the line has no =; write key=value, or # before a comment",
                "--set: \"log.level\" has no =; write --set key=value",
                "api.timeuot: is no key; did you mean api.timeout? (from worker.conf:2)",
                "memory.max: should be a size from 8MiB to 1024GiB, such as 512KiB, 64MiB, 2GiB or plain bytes, "
                    + "but is \"64MB\" (from --set)",
                "kafka.bootstrap.servers: is not set; give brokers as host:port with commas between, such as "
                    + "kafka-1:9092,kafka-2:9092",
                "jobs.topic: should be 1 to 249 letters, digits, dots, underscores and hyphens, and not . or .., "
                    + "but is \"a b\" (from worker.conf:1)",
                "api.concurrency: should be a whole number from 1 to 10000, but is \"0\" "
                    + "(from QUERY_WORKER_API_CONCURRENCY)",
                "account.<appid>.secret: no account is configured; set account.<appid>.secret.file to the path of a "
                    + "file with the AppSecret",
            ])
        #expect(throws: ConfigurationError.self) { try fixture.load() }
    }

    @Test(arguments: [
        ("retry.backoff=6s", "retry.backoff: should not exceed retry.backoff.max (5s, from default), but is 6s"),
        ("rebalance.drain=290s", "rebalance.drain: should, with kafka.transaction.timeout.ms (10s), be less than"),
        ("kafka.max.poll.interval.ms=20000", "rebalance.drain: should, with kafka.transaction.timeout.ms (10s)"),
        ("kafka.transaction.timeout.ms=290000", "rebalance.drain: should, with kafka.transaction.timeout.ms (290s)"),
        ("kafka.max.poll.interval.ms=soon", "kafka.max.poll.interval.ms: should be a whole number from"),
        ("account.default=wx2", "account.default: should name a configured account (those are wx1), but is \"wx2\""),
        ("account.wx2.mode=stable_token", "account.wx2.secret: is not set"),
        (
            "account.wx1.mode=tokens",
            "account.wx1.mode: should be one of stable_token, token, external, authorizer, but is \"tokens\""
        ),
        ("instance.id=replay", "instance.id: should not be \"replay\""),
        ("replies.topic=query.requests", "replies.topic: should differ from jobs.topic"),
        ("replies.topics.allowed=query.requests", "replies.topics.allowed: should not list jobs.topic"),
        ("deadletter.topic=query.requests", "deadletter.topic: should differ from jobs.topic"),
        ("deadletter.topic=query.replies", "deadletter.topic: should not be a topic of replies"),
        ("jobs.topic=\(String(repeating: "j", count: 246))", "deadletter.topic: must be set, or set to nothing"),
        ("kafka.queued.max.messages.kbytes=65537", "kafka.queued.max.messages.kbytes: should not exceed memory.max"),
        ("account.wx-1.secret=x", "account.wx-1.secret: \"wx-1\" should be an appid of 1 to 64 letters and digits"),
        ("account.wx1.rate=600", "account.wx1.rate: should be a number of calls from 1 to 1000000 and a unit"),
        ("quota.reset=midnight", "quota.reset: should be a time of day with its zone"),
        ("account.hold=maybe", "account.hold: should be "),
        ("account.wx1.secert=x", "account.wx1.secert: is no key; did you mean account.wx1.secret?"),
        ("bootstrap.servers=x:1", "bootstrap.servers: is no key; did you mean kafka.bootstrap.servers?"),
        ("kafka.=x", "kafka.: is no key;"),
        ("credentials.store=file", "credentials.directory: is not set, but credentials.store=file needs it"),
        ("credentials.directory=/c", "credentials.directory: is set, but credentials.store=memory keeps nothing there"),
        ("credentials.store=kafka", "credentials.key.file: is not set, but credentials.store=kafka needs it"),
        ("credentials.topic=t", "credentials.topic: is set, but credentials.store=memory has no use for it"),
        ("credentials.key.file=/k", "credentials.key.file: is set, but credentials.store=memory has no use for it"),
        ("credentials.store=redis", "credentials.store: should be one of memory, file, kafka, but is \"redis\""),
        ("admin.listen=9464", "admin.listen: should be an address of this machine and a port, such as"),
        ("admin.port=9464", "admin.port: is no key; `query-worker config` lists all keys"),
        ("kafka.statistics.interval.ms=0", "kafka.statistics.interval.ms: cannot be set: the statistics tell"),
    ])
    func whatContradictsOrDoesNotExistIsRefused(assignment: String, problem: String) {
        let problems = ConfigurationFixture(assignments: [assignment]).problems
        #expect(problems.count == 1 && problems.allSatisfy { $0.hasPrefix(problem) }, "\(problems)")
    }

    @Test func theInboxIsNotTheDirectoryOfRecords() {
        let assignments = ["credentials.store=file", "credentials.directory=/c", "credentials.inbox=/c/"]
        let problems = ConfigurationFixture(assignments: assignments).problems
        #expect(problems.count == 1 && problems[0].hasPrefix("credentials.inbox: should differ from"), "\(problems)")
    }

    @Test func credentialsInKafkaNeedKeysAndHaveATopicOfTheGroup() throws {
        var fixture = ConfigurationFixture(
            assignments: ["credentials.store=kafka", "credentials.key.file=/k"],
            otherFiles: ["/k": Array(CredentialFixture.keyLine("k1", of: 1).utf8)])
        #expect(
            try fixture.load().configuration.credentials
                == CredentialsConfiguration(store: .kafka, topic: "query-worker-credentials", keyFile: "/k"))
        fixture.assignments += ["kafka.group.id=g"]
        #expect(try fixture.load().configuration.credentials.topic == "g-credentials")
        fixture.assignments += ["credentials.topic=t"]
        #expect(try fixture.load().configuration.credentials.topic == "t")
    }

    @Test(arguments: [
        ("credentials.directory=/c", "credentials.directory: is set, but credentials.store=kafka keeps nothing there"),
        ("credentials.inbox=/i", "credentials.inbox: is set, but credentials.store=kafka takes nothing in there"),
        ("credentials.key.file=/none", "credentials.key.file: cannot use /none: No such file or directory"),
        ("credentials.key.file=/broken", "credentials.key.file: cannot use /broken: line 2: the key has 3 bytes"),
    ])
    func whatDoesNotBelongToCredentialsInKafkaIsRefused(assignment: String, problem: String) {
        let fixture = ConfigurationFixture(
            assignments: ["credentials.store=kafka", "credentials.key.file=/k", assignment],
            otherFiles: [
                "/k": Array(CredentialFixture.keyLine("k1", of: 1).utf8), "/broken": Array("#\nk1:AAAA".utf8),
            ])
        let problems = fixture.problems
        #expect(problems.count == 1 && problems[0].hasPrefix(problem), "\(problems)")
    }

    /// `query-worker credentials` is used where neither brokers nor accounts are configured.
    @Test func credentialsNeedNoOtherKey() throws {
        let arguments = ConfigurationArguments(assignments: [
            "credentials.store=file", "credentials.directory=/c", "jobs.topic=not a topic",
        ])
        let configuration = try Configuration.loadCredentials(arguments: arguments, environment: [:])
        #expect(configuration == CredentialsConfiguration(store: .file, directory: "/c", inbox: "/c/inbox"))
    }

    @Test(arguments: ["credentials.store=disk", "credentials.directry=/c"])
    func credentialsAreRefusedWithWhatIsWrongAboutThem(assignment: String) {
        let arguments = ConfigurationArguments(assignments: [assignment])
        #expect(throws: ConfigurationError.self) {
            try Configuration.loadCredentials(arguments: arguments, environment: [:])
        }
    }

    @Test func whatJustFitsIsAccepted() throws {
        let assignments = [
            "retry.backoff=5s", "rebalance.drain=289999ms", "kafka.queued.max.messages.kbytes=65536",
        ]
        #expect(ConfigurationFixture(assignments: assignments).problems == [])
    }

    @Test func severalAccountsHaveNoDefaultUnlessOneIsNamed() throws {
        var fixture = ConfigurationFixture(assignments: ["account.wx0.secret=x"])
        #expect(try fixture.load().configuration.accounts.map(\.appID) == ["wx0", "wx1"])
        #expect(try fixture.load().configuration.defaultAccount == nil)
        fixture.assignments.append("account.default=wx0")
        #expect(try fixture.load().configuration.defaultAccount == "wx0")
    }

    @Test func aPlainAddressOffThisMachineIsWarnedOf() throws {
        let warnings = try ConfigurationFixture(assignments: ["api.base.url=http://stub:80"]).load().warnings
        #expect(warnings == ["api.base.url is not https: secrets and tokens cross the network unencrypted"])
    }

    @Test func cooperativeRebalancingComesWithAWarningWhereTheLibraryIsOld() throws {
        let assignments = ["kafka.partition.assignment.strategy=cooperative-sticky"]
        let warnings = try ConfigurationFixture(assignments: assignments).load().warnings
        #expect(warnings.contains { $0.contains("cooperative") } == (KafkaLibrary.version < (2, 10, 0)))
    }
}
