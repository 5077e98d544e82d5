import Testing

@testable import QueryWorker

@Suite struct BenchConfigurationTests {
    private func load(
        _ file: String = "", assignments: [String] = [], environment: [String: String] = [:]
    ) throws(ConfigurationError) -> BenchConfiguration {
        let reader: FileReader = { path throws(FileError) in
            guard path == "worker.conf" else { throw FileError(path: path, reason: "No such file or directory") }
            return Array(file.utf8)
        }
        return try Configuration.loadBench(
            arguments: ConfigurationArguments(files: ["worker.conf"], assignments: assignments),
            environment: environment, readFile: reader, readSecret: reader
        ).configuration
    }

    @Test func withoutSettingsTheBrokersAreEmbedded() throws {
        let configuration = try load()
        #expect(!configuration.hasBrokers)
        #expect(configuration.worker.api.concurrency == 128)
    }

    @Test func aWorkersFileGivesItsBrokersAndItsTuningOnly() throws {
        let configuration = try load(
            """
            kafka.bootstrap.servers=broker:9092
            kafka.linger.ms=7
            kafka.group.id=production
            jobs.topic=production
            account.wx1.secret=hush
            account.wx2.secret.file=/no/such/file
            account.default=wx1
            component.wxc.secret=hush
            credentials.store=file
            api.base.url=https://api.weixin.qq.com
            api.concurrency=7
            """, environment: ["QUERY_WORKER_ADMIN_LISTEN": "0.0.0.0:1"])
        #expect(configuration.hasBrokers)
        #expect(configuration.worker.kafka.bootstrapServers == "broker:9092")
        #expect(configuration.worker.accounts.map(\.appID) == ["wxbench"])
        let file = configuration.file(["kafka.group.id": "bench-1", "api.concurrency": "9"])
        for line in ["kafka.linger.ms=7", "kafka.bootstrap.servers=broker:9092", "kafka.group.id=bench-1"] {
            #expect(file.contains(line + "\n"))
        }
        for text in ["production", "hush", "weixin", "0.0.0.0", "concurrency=7", "no/such"] {
            #expect(!file.contains(text), "\(file)")
        }
    }

    @Test func whatAWorkerWouldRefuseIsRefusedBeforehand() {
        for assignment in ["api.concurrency=none", "no.such.key=1", "kafka.acks=1", "kafka.linger.ms=soon"] {
            #expect(throws: ConfigurationError.self, "\(assignment)") {
                _ = try load(assignments: [assignment])
            }
        }
    }

    @Test(arguments: [
        ("jobs.topic=mine", "topics, a group and an account of its own"), ("account.wx1.secret=s", "of its own"),
        ("api.base.url=http://127.0.0.1:1", "--api URL"), ("kafka.ssl.key.pem=a\nb", "has several lines"),
    ])
    func whatItCannotTakeIsSaid(_ assignment: String, _ text: String) {
        do throws(ConfigurationError) {
            _ = try load(assignments: [assignment])
            Issue.record("\(assignment) was taken")
        } catch {
            #expect("\(error)".contains(text), "\(error)")
            #expect(!"\(error)".contains("wxbench"))
        }
    }
}
