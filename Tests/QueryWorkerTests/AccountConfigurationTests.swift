import QueryWorker
import Testing

/// What each mode of an account needs, and what it refuses.
@Suite struct AccountConfigurationTests {
    private func fixture(_ lines: String) -> ConfigurationFixture {
        ConfigurationFixture(
            file: "kafka.bootstrap.servers=b:1\n" + lines,
            otherFiles: ["/run/token": Array("80_abc\n".utf8), "/run/secret": Array("hush\n".utf8)])
    }

    private func access(_ lines: String) throws -> AccountConfiguration.Access {
        try #require(try fixture(lines).load().configuration.accounts.first?.access)
    }

    @Test(arguments: ["account.wx1.token=80_abc", "account.wx1.token.file=/run/token"])
    func anotherServicesTokenIsASecret(line: String) throws {
        guard case .external(let token) = try access("account.wx1.mode=external\n\(line)") else {
            Issue.record("another mode")
            return
        }
        #expect(try token.read() == "80_abc")
    }

    @Test func anotherServiceMayBeAskedForTheToken() throws {
        let url = "https://user:pw@tokens.example:8443/wx1?key=a@b"
        guard case .externalURL(url) = try access("account.wx1.mode=external\naccount.wx1.token.url=\(url)") else {
            Issue.record("another mode, or URL")
            return
        }
    }

    @Test func anAccountNamesItsComponentWhateverTheCase() throws {
        let lines = """
            component.wxC.secret.file=/run/secret
            account.wx1.mode=authorizer
            account.wx1.component=WXc
            """
        let configuration = try fixture(lines).load().configuration
        guard case .authorizer("wxC") = configuration.accounts.first?.access else {
            Issue.record("another mode, or component")
            return
        }
        #expect(configuration.accounts.first?.secret == nil)
        #expect(configuration.components.map(\.appID) == ["wxC"])
        #expect(try configuration.components.first?.secret.read() == "hush")
        #expect(configuration.components.first?.accounts == .configured)
        #expect(!configuration.acceptsAnyAccount)
        #expect(configuration.hasOneAccount)
    }

    @Test func aComponentThatTakesAnyAccountNeedsNoneConfigured() throws {
        let lines = "component.wxC.secret=hush\ncomponent.wxC.accounts=any\naccount.default=wxAB"
        let configuration = try fixture(lines).load().configuration
        #expect(configuration.accounts.isEmpty)
        #expect(configuration.acceptsAnyAccount)
        #expect(!configuration.hasOneAccount)
        #expect(configuration.defaultAccount == "wxAB")
    }

    @Test(arguments: [
        ("account.wx1.mode=token", "account.wx1.secret: is not set; give the AppSecret here"),
        (
            "account.wx1.mode=external",
            "account.wx1.token: is not set; give the path of a file with the access token as account.wx1.token.file, or a "
                + "URL as account.wx1.token.url"
        ),
        (
            "account.wx1.mode=external\naccount.wx1.token=x\naccount.wx1.token.url=https://t.example",
            "account.wx1.token.url: is set beside account.wx1.token; keep one of the two (from worker.conf:4)"
        ),
        (
            "account.wx1.mode=external\naccount.wx1.token.url=ftp://t.example",
            "account.wx1.token.url: should be an http or https URL without a fragment"
        ),
        (
            "account.wx1.mode=external\naccount.wx1.token.file=/none",
            "account.wx1.token.file: cannot use /none: No such file or directory"
        ),
        ("account.wx1.mode=external\naccount.wx1.token=", "account.wx1.token: is empty"),
        (
            "account.wx1.mode=authorizer",
            "account.wx1.component: is not set; give the appid of the third-party platform"
        ),
        (
            "account.wx1.mode=authorizer\naccount.wx1.component=wxC",
            "account.wx1.component: names a component without a secret; set component.wxC.secret.file to the path"
        ),
        (
            "account.wx1.secret=x\ncomponent.wxC.accounts=any",
            "component.wxC.secret: is not set; give the component's AppSecret here"
        ),
        (
            "account.wx1.secret=x\naccount.wx1.component=wxC\ncomponent.wxC.secret=y",
            "account.wx1.component: is not used with account.wx1.mode=stable_token; take it away, or set the mode to "
                + "authorizer (from worker.conf:3)"
        ),
        (
            "account.wx1.mode=authorizer\naccount.wx1.component=wxC\ncomponent.wxC.secret=y\naccount.wx1.secret=x",
            "account.wx1.secret: is not used with account.wx1.mode=authorizer; take it away, or set the mode to "
                + "stable_token or token"
        ),
        (
            "account.wx1.token.file=/run/token",
            "account.wx1.token.file: is not used with account.wx1.mode=stable_token; take it away, or set the mode to "
                + "external"
        ),
        (
            "account.wx1.mode=external\naccount.wx1.secret=x",
            "account.wx1.secret: is not used with account.wx1.mode=external"
        ),
        ("account.wx1.secret=x\ncomponent.wx-C.secret=y", "component.wx-C.secret: \"wx-C\" should be an appid"),
        ("account.wx1.secret=x\ncomponent.wxC.secert=y", "component.wxC.secert: is no key; did you mean"),
        (
            "component.wxC.secret=y",
            "account.<appid>.secret: no account is configured; set account.<appid>.secret.file"
        ),
    ])
    func whatAModeCannotWorkWithIsRefused(lines: String, problem: String) {
        let problems = fixture(lines).problems
        #expect(problems.count == 1 && problems.allSatisfy { $0.hasPrefix(problem) }, "\(problems)")
    }

    @Test(arguments: [
        ("account.wx1.secret=x\naccount.wx1.mode=token", "account.wx1.mode is token: every token ends the one before"),
        ("account.wx1.secret=x\ncomponent.wxC.secret=y\ncredentials.inbox=/i", "component wxC is used by no account"),
        ("component.wxC.secret=y\ncomponent.wxC.accounts=any", "component wxC: no ticket can come to it"),
        (
            "account.wx1.mode=external\naccount.wx1.token.url=http://u:p@t.example/?k=v",
            "account.wx1.token.url is not https"
        ),
    ])
    func whatWorksButNotWellIsWarnedOf(lines: String, warning: String) throws {
        let warnings = try fixture(lines).load().warnings
        #expect(warnings.count == 1 && warnings.allSatisfy { $0.hasPrefix(warning) }, "\(warnings)")
    }

    @Test func anUnencryptedServiceOnThisMachineIsFine() throws {
        let lines = "account.wx1.mode=external\naccount.wx1.token.url=http://127.0.0.1:8080/?k=v"
        #expect(try fixture(lines).load().warnings.isEmpty)
    }
}
