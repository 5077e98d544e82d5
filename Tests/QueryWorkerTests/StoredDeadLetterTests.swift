import EventLoop
import Kafka
import Testing

@testable import QueryWorker

@Suite struct StoredDeadLetterTests {
    private let own = [
        KafkaHeader("trace", "1"), KafkaHeader(name: "empty", value: nil),
        KafkaHeader("kafka_dlt-exception-message", "older"),
    ]

    private func letter(_ reason: String = "no id", partition: Int32 = 3) -> KafkaRecord {
        DeadLetter.record(
            to: "dlt", key: [1], value: [2, 3], headers: own,
            source: JobSource(topic: "jobs", partition: partition, offset: 1 << 40), timestamp: 5, reason: reason)
    }

    private func read(_ record: KafkaRecord, timestamp: Int64? = 1000) -> StoredDeadLetter? {
        StoredDeadLetter(
            topicPartition: KafkaTopicPartition(topic: "dlt", partition: 0), offset: 7, timestamp: timestamp,
            key: record.key, value: record.value, headers: record.headers)
    }

    @Test func recordComesBackAsItWasWithItsOwnDeadLetterHeaders() throws {
        let stored = try #require(read(letter()))
        let record = stored.record(to: "jobs")
        #expect(record.topic == "jobs" && record.partition == nil)
        #expect(record.key == [1] && record.value == [2, 3] && record.headers == own)
        #expect(stored.source == JobSource(topic: "jobs", partition: 3, offset: 1 << 40))
        #expect(stored.reason == "no id" && !stored.isCut)
    }

    @Test func cutOneIsKnownByItsMark() throws {
        var large = letter()
        large.value = [UInt8](repeating: 1, count: 5000)
        let cut = try #require(DeadLetter.smaller(large, limit: 3000))
        #expect(try #require(read(cut)).isCut)
        // A publisher's own header of that name is no mark.
        var named = letter()
        named.headers.insert(KafkaHeader(DeadLetter.cutHeader, "1"), at: 0)
        #expect(try #require(read(named)).isCut == false)
    }

    @Test func recordOfAnotherProgramIsNone() {
        var record = letter()
        record.headers.append(KafkaHeader("x", "1"))
        #expect(read(record) == nil)
        record.headers = []
        #expect(read(record) == nil)
        record = letter()
        record.headers[4].value = [1, 2]
        #expect(read(record) == nil)
    }

    @Test func filterTakesWhatSatisfiesAllOfIt() throws {
        let letter = try #require(read(letter("application_id is missing")))
        func takes(_ change: (inout ReplayFilter) -> Void) -> Bool {
            var filter = ReplayFilter()
            change(&filter)
            return filter.matches(letter)
        }
        #expect(takes { _ in })
        #expect(takes { $0.since = WallTime(millisecondsSince1970: 1000) })
        #expect(!takes { $0.since = WallTime(millisecondsSince1970: 1001) })
        #expect(takes { $0.until = WallTime(millisecondsSince1970: 1001) })
        #expect(!takes { $0.until = WallTime(millisecondsSince1970: 1000) })
        #expect(takes { $0.partitions = [1, 3] })
        #expect(!takes { $0.partitions = [0] })
        #expect(takes { $0.error = "_id is" })
        #expect(!takes { $0.error = "ID" })
        #expect(!takes { ($0.partitions, $0.error) = ([3], "other") })
    }
}
