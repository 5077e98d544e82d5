import Kafka
import QueryWorker
import Testing

@Suite struct DeadLetterTests {
    private let source = JobSource(topic: "jobs", partition: 258, offset: 4_294_967_298)

    private func letter(
        key: [UInt8]? = [1], value: [UInt8]? = [0xFF, 0], headers: [KafkaHeader] = [], timestamp: Int64? = 5,
        reason: String = "no job"
    ) -> KafkaRecord {
        DeadLetter.record(
            to: "jobs-dlt", key: key, value: value, headers: headers, source: source, timestamp: timestamp,
            reason: reason)
    }

    private func header(_ name: String, of record: KafkaRecord) -> [UInt8]? {
        record.headers.last { $0.name == name }?.value
    }

    @Test func recordGoesUnchangedWithSpringsHeadersBehindItsOwn() {
        let own = [KafkaHeader("a", "1"), KafkaHeader(name: "a", value: nil)]
        let letter = letter(headers: own)
        #expect(letter.topic == "jobs-dlt")
        #expect(letter.key == [1])
        #expect(letter.value == [0xFF, 0])
        #expect(Array(letter.headers.prefix(2)) == own)
        #expect(header("kafka_dlt-original-topic", of: letter) == Array("jobs".utf8))
        #expect(header("kafka_dlt-original-partition", of: letter) == [0, 0, 1, 2])
        #expect(header("kafka_dlt-original-offset", of: letter) == [0, 0, 0, 1, 0, 0, 0, 2])
        #expect(header("kafka_dlt-original-timestamp", of: letter) == [0, 0, 0, 0, 0, 0, 0, 5])
        #expect(header("kafka_dlt-exception-message", of: letter) == Array("no job".utf8))
    }

    @Test func tombstoneStaysOne() {
        let letter = letter(key: nil, value: nil, timestamp: nil)
        #expect(letter.key == nil)
        #expect(letter.value == nil)
        #expect(header("kafka_dlt-original-timestamp", of: letter) == [UInt8](repeating: 0xFF, count: 8))
    }

    @Test func reasonIsCutToWholeCharactersWithin1024Bytes() {
        let message = header("kafka_dlt-exception-message", of: letter(reason: String(repeating: "字", count: 600)))
        #expect(message == Array(String(repeating: "字", count: 341).utf8))
    }

    @Test func valueIsCutToTheLimitThenHalvedAndMarked() throws {
        let whole = letter(value: [UInt8](repeating: 7, count: 100_000))
        var cut = try #require(DeadLetter.smaller(whole, limit: 50_000))
        #expect((45_000..<50_000).contains(cut.value?.count ?? 0))
        #expect(header(DeadLetter.cutHeader, of: cut) == Array("100000".utf8))
        let count = try #require(cut.value?.count)
        cut = try #require(DeadLetter.smaller(cut, limit: 50_000))
        #expect(cut.value?.count == count / 2)
        #expect(cut.headers.filter { $0.name == DeadLetter.cutHeader }.count == 1)
        #expect(header(DeadLetter.cutHeader, of: cut) == Array("100000".utf8))
    }

    @Test func everythingButItsOriginIsGivenUpAtLast() throws {
        var letter = letter(value: [UInt8](repeating: 7, count: 4_000), headers: [KafkaHeader("large", "header")])
        var steps = 0
        while let smaller = DeadLetter.smaller(letter, limit: 1_000_000) {
            letter = smaller
            steps += 1
            try #require(steps < 20)
        }
        #expect(letter.value == [])
        #expect(letter.key == nil)
        #expect(header("large", of: letter) == nil)
        #expect(header("kafka_dlt-original-offset", of: letter) != nil)
        #expect(header(DeadLetter.cutHeader, of: letter) == Array("4000".utf8))
    }

    /// What is brought back without its headers or its key is not what was published.
    @Test func lossOfHeadersAndKeyIsMarkedToo() throws {
        let whole = letter(value: nil, headers: [KafkaHeader("large", "header")])
        let cut = try #require(DeadLetter.smaller(whole, limit: 10))
        #expect(header("large", of: cut) == nil)
        #expect(cut.value == nil)
        #expect(header(DeadLetter.cutHeader, of: cut) == Array("0".utf8))
        let last = try #require(DeadLetter.smaller(cut, limit: 10))
        #expect(last.key == nil)
        #expect(last.headers.count == 6)
    }

    @Test func tombstoneIsNotMadeAnEmptyValue() {
        #expect(DeadLetter.smaller(letter(key: nil, value: nil), limit: 10) == nil)
    }
}
