import Testing

@testable import QueryWorker

@Suite struct ConfigurationChangeTests {
    private static let start = """
        kafka.bootstrap.servers=broker:9092
        kafka.security.protocol=sasl_plaintext
        kafka.sasl.mechanism=SCRAM-SHA-256
        kafka.sasl.username=worker
        kafka.sasl.password.file=password
        account.wx1.secret=hush
        account.wx2.mode=external
        account.wx2.token=token
        account.wx3.mode=authorizer
        account.wx3.component=wxc
        component.wxc.secret.file=secret
        credentials.store=file
        credentials.directory=/tmp/credentials
        """

    private func load(
        _ file: String = start, _ files: [String: String] = [:]
    ) throws -> WorkerConfiguration {
        var fixture = ConfigurationFixture()
        fixture.file = file
        let content = ["password": "open sesame", "secret": "hush", "other": "hush"].merging(files) { $1 }
        fixture.otherFiles = content.mapValues { Array($0.utf8) }
        return try fixture.load().configuration
    }

    private func change(_ lines: String, _ files: [String: String] = [:]) throws -> ConfigurationChange {
        let start = try load()
        return ConfigurationChange(from: start, start.fingerprint, to: try load(Self.start + "\n" + lines, files))
    }

    @Test(arguments: [
        ("log.level=debug", ["log.level"]),
        ("account.wx1.rate=600/m\naccount.WX2.rate=1/s", ["account.wx1.rate", "account.wx2.rate"]),
        ("account.wx1.secret=other", ["account.wx1.secret"]),
        ("account.wx2.token=other", ["account.wx2.token"]),
        ("component.wxc.secret.file=other", ["component.wxc.secret.file"]),
        ("kafka.sasl.username=other", ["kafka.sasl.username"]),
    ])
    func whatChangesWhileItRuns(lines: String, keys: [String]) throws {
        let change = try change(lines)
        #expect(change.applicable == keys)
        #expect(change.needsRestart == [])
    }

    @Test(arguments: [
        ("api.timeout=4s\nlog.format=text", ["api.timeout", "log.format"]),
        ("account.wx4.secret=new\naccount.wx4.rate=1/s", ["account.wx4.rate", "account.wx4.secret"]),
        ("account.wx1.mode=token\naccount.wx1.secret=other", ["account.wx1.mode", "account.wx1.secret"]),
        ("kafka.sasl.mechanism=PLAIN\nkafka.sasl.username=other", ["kafka.sasl.mechanism", "kafka.sasl.username"]),
        ("kafka.fetch.wait.max.ms=10", ["kafka.fetch.wait.max.ms"]),
        ("component.wxc.accounts=any", ["component.wxc.accounts"]),
        ("deadletter.topic=", ["deadletter.topic"]),
    ])
    func whatNeedsARestart(lines: String, keys: [String]) throws {
        let change = try change(lines)
        #expect(change.applicable == [])
        #expect(change.needsRestart == keys)
    }

    @Test func nothingHasChangedWhereTheFileSaysTheSameInOtherWords() throws {
        let change = try change("# a comment\n  log.level = info \napi.timeout=5s")
        #expect(change.applicable == [])
        #expect(change.needsRestart == [])
    }

    /// Secrets of accounts are read from their files anyway.
    @Test func ofSecretsInFilesOnlyThoseOfKafkaAreLookedAt() throws {
        #expect(try change("", ["password": "new", "secret": "new"]).applicable == ["kafka.sasl.password.file"])
    }

    @Test func rateThatIsTakenAwayIsApplicableToo() throws {
        let start = try load(Self.start + "\naccount.wx1.rate=1/s")
        #expect(ConfigurationChange(from: start, start.fingerprint, to: try load()).applicable == ["account.wx1.rate"])
    }

    @Test func accountThatIsTakenAwayNeedsARestart() throws {
        let start = try load()
        let new = try load(Self.start.replacing("account.wx1.secret=hush\n", with: ""))
        #expect(ConfigurationChange(from: start, start.fingerprint, to: new).needsRestart == ["account.wx1.secret"])
    }

    /// What waits for a restart is named at each reading, what was applied is not applied again.
    @Test func theNextReadingIsComparedWithWhatIsInForce() throws {
        let start = try load()
        let new = try load(Self.start + "\nlog.level=debug\napi.timeout=4s")
        let inForce = start.fingerprint.taking(["log.level"], from: new.fingerprint)
        let again = ConfigurationChange(from: start, inForce, to: new)
        #expect(again.applicable == [])
        #expect(again.needsRestart == ["api.timeout"])
        let back = ConfigurationChange(from: start, inForce, to: start)
        #expect(back.applicable == ["log.level"])
        #expect(back.needsRestart == [])
    }

    @Test func mechanismsWhoseCredentialsAreNotTakenWhileItRunsNeedARestart() throws {
        let text = Self.start.replacing("SCRAM-SHA-256", with: "OAUTHBEARER")
        let start = try load(text)
        let change = ConfigurationChange(
            from: start, start.fingerprint, to: try load(text + "\nkafka.sasl.username=other"))
        #expect(change.needsRestart == ["kafka.sasl.username"])
    }
}
