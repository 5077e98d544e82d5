import Testing

@testable import QueryWorker

@Suite struct ConfigurationSourceTests {
    // MARK: Files

    @Test func filesHoldKeysCommentsAndEmptyLines() throws {
        let file = "\u{feff}# brokers\r\n  kafka.bootstrap.servers = b:1 \r\n\r\n#x\r\naccount.wx1.secret=a=b#c\r\n"
        let configuration = try ConfigurationFixture(file: file).load().configuration
        #expect(configuration.kafka.bootstrapServers == "b:1")
        #expect(try configuration.accounts.first?.secret?.read() == "a=b#c")
    }

    @Test func aKeySetTwiceInOneFileIsWarnedOf() throws {
        let fixture = ConfigurationFixture(file: ConfigurationFixture.complete + "\n\nACCOUNT=\naccount.WX1.secret=new")
        let report = fixture.report
        #expect(report.warnings == ["account.WX1.secret is set twice in worker.conf, lines 2 and 5; the later counts"])
        #expect(report.problems.map(\.subject) == ["ACCOUNT"])
    }

    @Test func aFileThatCannotBeReadIsAProblem() {
        let source = ConfigurationSource.file("no.conf") { path throws(FileError) in
            throw FileError(path: path, reason: "No such file or directory")
        }
        #expect(
            source.problems.map(\.description) == [
                "--config: cannot use no.conf: No such file or directory; give the path of a readable file"
            ])
        let binary = ConfigurationSource.file("b.conf") { _ throws(FileError) in [0x61, 0x3d, 0xff] }
        #expect(
            binary.problems.map(\.explanation) == [
                "cannot use b.conf: it is not UTF-8 text; give the path of a readable file"
            ])
    }

    // MARK: The environment

    @Test(arguments: [
        ("QUERY_WORKER_API_BASE_URL", "api.base.url"),
        ("QUERY_WORKER_JOBS_IN_FLIGHT_MAX", "jobs.in.flight.max"),
        ("QUERY_WORKER_ACCOUNT_DEFAULT", "account.default"),
        ("QUERY_WORKER_ACCOUNT_WX12AB_MODE", "account.wx12ab.mode"),
        ("QUERY_WORKER_ACCOUNT_WX12AB_SECRET", "account.wx12ab.secret"),
        ("QUERY_WORKER_ACCOUNT_WX12AB_SECRET_FILE", "account.wx12ab.secret.file"),
        ("QUERY_WORKER_ACCOUNT_WX12AB_COMPONENT", "account.wx12ab.component"),
        ("QUERY_WORKER_ACCOUNT_WX12AB_TOKEN", "account.wx12ab.token"),
        ("QUERY_WORKER_ACCOUNT_WX12AB_TOKEN_FILE", "account.wx12ab.token.file"),
        ("QUERY_WORKER_ACCOUNT_WX12AB_TOKEN_URL", "account.wx12ab.token.url"),
        ("QUERY_WORKER_COMPONENT_WX12AB_SECRET", "component.wx12ab.secret"),
        ("QUERY_WORKER_COMPONENT_WX12AB_SECRET_FILE", "component.wx12ab.secret.file"),
        ("QUERY_WORKER_COMPONENT_WX12AB_ACCOUNTS", "component.wx12ab.accounts"),
        ("QUERY_WORKER_API_TOKEN_TIMEOUT", "api.token.timeout"),
        ("QUERY_WORKER_KAFKA_GROUP_ID", "kafka.group.id"),
        ("QUERY_WORKER_KAFKA_SASL_PASSWORD_FILE", "kafka.sasl.password.file"),
        ("QUERY_WORKER_KAFKA_SESSION_TIMEOUT_MS", "kafka.session.timeout.ms"),
    ])
    func variablesStandForKeys(variable: String, key: String) {
        let source = ConfigurationSource.environment([variable: "x", "HOME": "/"], known: [])
        #expect(source.problems.isEmpty)
        #expect(source.entries.map(\.name) == [key])
    }

    @Test func noTwoKeysShareAVariable() {
        let names = ConfigurationKeys.all.map(\.name)
        #expect(Set(names.map(ConfigurationNames.environmentName(of:))).count == names.count)
    }

    @Test func appIDsMatchWhateverTheirCaseAndKeepTheirSpelling() throws {
        var fixture = ConfigurationFixture(
            file: "kafka.bootstrap.servers=b:1", environment: ["QUERY_WORKER_ACCOUNT_WXAB_SECRET": "s"])
        #expect(try fixture.load().configuration.accounts.map(\.appID) == ["wxab"])
        fixture.environment["QUERY_WORKER_ACCOUNT_DEFAULT"] = "wxaB"
        #expect(try fixture.load().configuration.defaultAccount == "wxaB")
        fixture.file += "\naccount.wxAb.mode=stable_token"
        let configuration = try fixture.load().configuration
        #expect(configuration.accounts.map(\.appID) == ["wxAb"])
        #expect(configuration.defaultAccount == "wxAb")
    }

    @Test func whatMayMeanTwoKeysIsRefused() {
        let builtIn = ConfigurationSource.environment(["QUERY_WORKER_KAFKA_LOG_LEVEL": "7"], known: [])
        let remedy = "set the one that is meant in the --config file or with --set"
        #expect(
            builtIn.problems.map(\.description) == [
                "QUERY_WORKER_KAFKA_LOG_LEVEL: may mean kafka.log.level or kafka.log_level; \(remedy)"
            ])
        #expect(builtIn.entries.isEmpty)
        let spelled = ConfigurationFixture(
            environment: ["QUERY_WORKER_KAFKA_X_Y": "1"], assignments: ["kafka.x_y=2"])
        #expect(
            spelled.problems == [
                "QUERY_WORKER_KAFKA_X_Y: may mean kafka.x.y or kafka.x_y; \(remedy)",
                "kafka.x_y: is no property of librdkafka; its documentation lists all (from --set)",
            ])
    }

    @Test func misspeltVariablesAreRefusedWithTheNearest() {
        let environment = [
            "QUERY_WORKER_JOB_TOPIC": "x", "QUERY_WORKER_ACCOUNT_WX1_SECERT": "x", "QUERY_WORKER_ADMIN_PORT": "9464",
        ]
        let problems = ConfigurationSource.environment(environment, known: []).problems
        #expect(
            problems.map(\.description) == [
                "QUERY_WORKER_ACCOUNT_WX1_SECERT: stands for no key; did you mean QUERY_WORKER_ACCOUNT_WX1_SECRET?",
                "QUERY_WORKER_ADMIN_PORT: stands for no key; `query-worker config` lists all keys",
                "QUERY_WORKER_JOB_TOPIC: stands for no key; did you mean QUERY_WORKER_JOBS_TOPIC?",
            ])
    }

    @Test(arguments: [
        ("QUERY_WORKER_SERVICE_HOST", "10.0.0.1"), ("QUERY_WORKER_SERVICE_PORT", "80"),
        ("QUERY_WORKER_SERVICE_PORT_ADMIN", "80"), ("QUERY_WORKER_PORT", "tcp://10.0.0.1:80"),
        ("QUERY_WORKER_PORT_80_TCP", "tcp://10.0.0.1:80"), ("QUERY_WORKER_PORT_80_TCP_PROTO", "tcp"),
        ("QUERY_WORKER_PORT_80_TCP_PORT", "80"), ("QUERY_WORKER_PORT_80_TCP_ADDR", "10.0.0.1"),
        ("QUERY_WORKER_METRICS_SERVICE_HOST", "10.0.0.1"), ("QUERY_WORKER_METRICS_PORT", "tcp://10.0.0.1:80"),
        ("QUERY_WORKER_METRICS_PORT_80_TCP_ADDR", "10.0.0.1"),
    ])
    func whatKubernetesInjectsIsIgnoredWithAWarning(variable: String, text: String) {
        let source = ConfigurationSource.environment([variable: text], known: [])
        #expect(source.problems.isEmpty)
        #expect(source.entries.isEmpty)
        #expect(source.warnings.count == 1 && source.warnings.allSatisfy { $0.contains(variable) })
    }

    // MARK: The command line

    @Test func aSecretOnTheCommandLineIsWarnedOf() {
        let source = ConfigurationSource.commandLine([
            "account.wx1.secret=hush", "kafka.sasl.password=x", "log.level=info", "account.wx1.token=hush",
            "component.wx1.secret=hush",
        ])
        #expect(source.warnings.count == 4)
        #expect(source.warnings.allSatisfy { !$0.contains("hush") })
    }
}
