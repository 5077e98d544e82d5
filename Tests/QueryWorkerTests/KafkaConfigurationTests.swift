import QueryWorker
import Synchronization
import Testing

@Suite struct KafkaConfigurationTests {
    @Test func consumersReadWhatIsCommittedAndCommitNothingThemselves() throws {
        let properties = try ConfigurationFixture().load().configuration.kafka.consumerProperties()
        #expect(
            properties == [
                "bootstrap.servers": "broker:9092", "group.id": "query-worker", "isolation.level": "read_committed",
                "enable.auto.commit": "false", "enable.auto.offset.store": "false", "auto.offset.reset": "error",
                "partition.assignment.strategy": "range", "queued.min.messages": "20000",
                "queued.max.messages.kbytes": "16384", "fetch.max.bytes": "8388608", "heartbeat.interval.ms": "250",
                "socket.nagle.disable": "true",
                "topic.metadata.refresh.interval.ms": "60000",
            ])
    }

    @Test func producersAreIdempotentAndPartitionAsJavaDoes() throws {
        let properties = try ConfigurationFixture().load().configuration.kafka.producerProperties()
        #expect(
            properties == [
                "bootstrap.servers": "broker:9092", "enable.idempotence": "true", "partitioner": "murmur2_random",
                "transaction.timeout.ms": "10000", "retry.backoff.ms": "10", "socket.nagle.disable": "true",
                "topic.metadata.refresh.interval.ms": "60000",
            ])
    }

    @Test func theOperatorsPropertiesGoWhereTheyApply() throws {
        let kafka = try ConfigurationFixture(assignments: [
            "kafka.fetch.min.bytes=2", "kafka.linger.ms=3", "kafka.client.id=c", "kafka.partitioner=random",
        ]).load().configuration.kafka
        let (consumer, producer) = (try kafka.consumerProperties(), try kafka.producerProperties())
        #expect(consumer["fetch.min.bytes"] == "2" && producer["fetch.min.bytes"] == nil)
        #expect(consumer["linger.ms"] == nil && producer["linger.ms"] == "3")
        #expect(producer["partitioner"] == "random")
        for properties in [consumer, producer, try kafka.commonProperties()] {
            #expect(properties["client.id"] == "c")
        }
        #expect(kafka.origin(of: "client.id") == .commandLine)
        #expect(kafka.origin(of: "queued.min.messages") == .defaultValue)
    }

    @Test(arguments: [
        "enable.auto.commit", "auto.commit.enable", "enable.auto.offset.store", "offset.store.method",
        "isolation.level", "auto.offset.reset", "enable.idempotence", "acks", "request.required.acks",
        "transactional.id", "metadata.broker.list",
    ])
    func whatCorrectnessRestsOnIsRefusedWithAReason(property: String) {
        let problems = ConfigurationFixture(assignments: ["kafka.\(property)=x"]).problems
        #expect(problems.count == 1)
        #expect(
            problems.allSatisfy { $0.hasPrefix("kafka.\(property): cannot be set: ") && $0.hasSuffix("(from --set)") })
    }

    @Test(arguments: [
        ("kafka.bootstrap.server=b:9092", "is no property of librdkafka; did you mean kafka.bootstrap.servers?"),
        ("kafka.sessoin.timeout.ms=1", "is no property of librdkafka; did you mean kafka.session.timeout.ms?"),
        ("kafka.quite.another=1", "is no property of librdkafka; its documentation lists all"),
        ("kafka.linger.ms=soon", "is refused by librdkafka: "),
        ("kafka.security.protocol=tls", "is refused by librdkafka: "),
    ])
    func whatLibrdkafkaRefusesIsAProblemBeforeTheStart(assignment: String, problem: String) {
        let problems = ConfigurationFixture(assignments: [assignment]).problems
        #expect(problems.count == 1)
        #expect(problems.allSatisfy { $0.contains(problem) }, "\(problems)")
    }

    @Test func theByteLimitsFollowMemory() throws {
        let small = try ConfigurationFixture(assignments: ["memory.max=8MiB"]).load().configuration.kafka
        #expect(try small.consumerProperties()["queued.max.messages.kbytes"] == "2048")
        #expect(try small.consumerProperties()["fetch.max.bytes"] == "1048576")
        let large = try ConfigurationFixture(assignments: ["memory.max=64GiB"]).load().configuration.kafka
        #expect(try large.consumerProperties()["queued.max.messages.kbytes"] == "2097151")
        #expect(try large.consumerProperties()["fetch.max.bytes"] == "52428800")
    }

    @Test func aFetchHasRoomForTheLargestMessage() throws {
        let assignments = ["memory.max=8MiB", "kafka.message.max.bytes=5000000"]
        let kafka = try ConfigurationFixture(assignments: assignments).load().configuration.kafka
        #expect(try kafka.consumerProperties()["fetch.max.bytes"] == "5000000")
    }

    /// A broker refuses a batch that is over the topic's limit as a whole.
    @Test func batchesAreNoLargerThanTheSmallestTopicTakes() throws {
        let kafka = try ConfigurationFixture().load().configuration.kafka
        #expect(try kafka.producerProperties()["batch.size"] == nil)
        #expect(try kafka.producerProperties(limits: [1_048_588, 8_000])["batch.size"] == "8000")
        #expect(try kafka.producerProperties(limits: [1_048_588])["batch.size"] == "1000000")
        let own = try ConfigurationFixture(assignments: ["kafka.batch.size=5000"]).load().configuration.kafka
        #expect(try own.producerProperties(limits: [8_000])["batch.size"] == "5000")
    }

    @Test func limitsThatTheWorkerReckonsWithAreTyped() throws {
        let kafka = try ConfigurationFixture(
            assignments: ["kafka.transaction.timeout.ms=15000", "kafka.max.poll.interval.ms=60000"]
        ).load().configuration.kafka
        #expect(kafka.transactionTimeout == .seconds(15))
        #expect(kafka.maxPollInterval == .seconds(60))
        #expect(try kafka.producerProperties()["transaction.timeout.ms"] == "15000")
        #expect(try kafka.consumerProperties()["transaction.timeout.ms"] == nil)
    }

    @Test func aPasswordFileIsReadWhenTheClientIsMade() throws {
        let password = Mutex("old\n")
        let file = ConfigurationFixture.complete + "\nkafka.sasl.password.file=/pw"
        let kafka = try Configuration.load(
            arguments: ConfigurationArguments(files: ["worker.conf"]), environment: [:],
            readFile: { _ throws(FileError) in Array(file.utf8) },
            readSecret: { _ throws(FileError) in Array(password.withLock { $0 }.utf8) }
        ).configuration.kafka
        #expect(try kafka.consumerProperties()["sasl.password"] == "old")
        password.withLock { $0 = "new\n" }
        #expect(try kafka.producerProperties()["sasl.password"] == "new")
    }
}
