import Foundation
import QueryWorker
import Testing

@Suite struct ConfigurationReportTests {
    static let secretive = ConfigurationFixture(
        file: """
            kafka.bootstrap.servers=b:1
            kafka.sasl.password=hush1
            kafka.ssl.key.pem=hush2
            account.wx1.secret=hush3
            account.wx2.secret.file=/run/wx2
            api.proxy=http://user:hush4@proxy:3128
            account.wx1.secert=hush5
            hush6
            account.wx3.mode=external
            account.wx3.token=hush10
            account.wx4.mode=external
            account.wx4.token.url=https://u:hush11@tokens.example:8443/hush15?key=hush12
            account.wx5.mode=external
            account.wx5.token.url=hush13@tokens.example
            component.wxC.secret=hush14
            component.wxC.accounts=any
            credentials.inbox=/i
            """,
        environment: ["QUERY_WORKER_API_TIMEOUT": "x://u:hush7@h", "QUERY_WORKER_ACCOUNT_WX1_SECERT": "hush8"],
        otherFiles: ["/run/wx2": Array("hush9".utf8)])

    @Test func noSecretIsShownAnywhere() throws {
        let report = Self.secretive.report
        let all = report.table + report.remarks + (try report.json())
        #expect(!all.contains("hush"))
        #expect(all.contains("http://***@proxy:3128"))
        let values = Dictionary(uniqueKeysWithValues: report.settings.map { ($0.key, $0.value) })
        #expect(values["account.wx1.secret"] == "***")
        #expect(values["account.wx2.secret.file"] == "/run/wx2")
        #expect(values["kafka.sasl.password"] == "***")
        #expect(values["account.wx3.token"] == "***")
        #expect(values["account.wx4.token.url"] == "https://tokens.example:8443/***")
        #expect(values["account.wx5.token.url"] == "***")
        #expect(values["component.wxC.secret"] == "***")
    }

    /// What is around the host may be what the token service knows the worker by.
    @Test(arguments: [
        ("https://tokens.example", "https://tokens.example"), ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("https://[::1]:8443/hush", "https://[::1]:8443/***"),
        ("https://hush@tokens.example", "https://tokens.example/***"),
        ("https://u:hu@sh@tokens.example/x", "https://tokens.example/***"),
        ("https://tokens.example?hush", "https://tokens.example/***"),
        // Not sure to be its host.
        ("https://hush:1/pw@tokens.example/x", "https://***"), ("https://tokens example/hush", "https://***"),
        ("https:///hush", "https://***"), ("hush://tokens.example", "***"), ("//tokens.example/hush", "***"),
        ("hush", "***"),
    ])
    func ofATokenURLOnlyTheServerIsShown(url: String, shown: String) throws {
        let report = ConfigurationFixture(
            file: "account.wx1.mode=external\naccount.wx1.token.url=\(url)", assignments: ["log.level=debug"]
        ).report
        #expect(report.settings.first { $0.key == "account.wx1.token.url" }?.value == shown)
        #expect(!(report.table + report.remarks + (try report.json())).contains("hush"))
    }

    @Test func everyKeyHasARowWithItsOrigin() {
        let report = ConfigurationFixture(
            environment: ["QUERY_WORKER_API_TIMEOUT": "2s"], assignments: ["log.level=debug"]
        ).report
        let origins = Dictionary(uniqueKeysWithValues: report.settings.map { ($0.key, "\($0.origin)") })
        for key in ConfigurationKeys.all where key.name != "kafka.*" {
            // No component is configured there: its keys are shown as they are written.
            let isShown = (origins[key.name.replacing("<appid>", with: "wx1")] ?? origins[key.name]) != nil
            #expect(isShown, "\(key.name)")
        }
        #expect(origins["kafka.bootstrap.servers"] == "worker.conf:1")
        #expect(origins["api.timeout"] == "QUERY_WORKER_API_TIMEOUT")
        #expect(origins["log.level"] == "--set")
        #expect(origins["api.concurrency"] == "default")
        #expect(origins["kafka.partitioner"] == "default")
    }

    @Test func columnsOfTheTableBeginBelowEachOther() throws {
        let lines = ConfigurationFixture(assignments: ["kafka.client.id=a\nb"]).report.table.split(separator: "\n")
        let heading = try #require(lines.first)
        let column = try #require(heading.range(of: "FROM")).lowerBound.utf16Offset(in: heading)
        #expect(lines.count == ConfigurationFixture(assignments: ["kafka.client.id=a"]).report.settings.count + 1)
        for line in lines.dropFirst() {
            let (before, from) = (line.prefix(column), line.dropFirst(column))
            #expect(before.hasSuffix("  ") && !from.hasPrefix(" ") && !from.isEmpty, "\(line)")
        }
    }

    @Test func jsonHoldsSettingsWarningsAndProblems() throws {
        let json = try Self.secretive.report.json()
        let document = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let settings = try #require(document["settings"] as? [[String: String]])
        let problems = try #require(document["problems"] as? [[String: String]])
        let timeout = try #require(settings.first { $0["key"] == "api.timeout" })
        #expect(timeout["default"] == "5s" && timeout["unit"] == "duration")
        #expect(timeout["value"] == "x://***@h" && timeout["from"] == "QUERY_WORKER_API_TIMEOUT")
        #expect(problems.contains { $0["key"] == "api.timeout" })
        #expect((document["warnings"] as? [String]) == [])
    }
}
