import EventLoop
import QueryWorker
import TestSupport
import Testing

/// Bytes before, instead of, and against a job.
@Suite @EventLoopActor struct QueryJobDecoderBytesTests {
    private let fixture = DecoderFixture()
    private let job = Array(#"{"job_id":"a1","application_id":7}"#.utf8)

    @Test(arguments: [
        [0xEF, 0xBB, 0xBF], [0, 0, 0, 0, 1], [0, 0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0, 1, 0xEF, 0xBB, 0xBF],
        [0x20, 0x0A, 0x09, 0x0D],
    ])
    func prefixesOfPublishersAreSkipped(prefix: [UInt8]) {
        #expect(fixture.decode(prefix + job) == fixture.decode(job))
        #expect(fixture.decode(prefix + job).job != nil)
    }

    @Test(arguments: [
        [0xEF, 0xBB], [0, 0, 0, 1], [0, 0, 0, 0, 0, 1], [0xEF, 0xBB, 0xBF, 0, 0, 0, 0, 1],
        [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF], [1, 0, 0, 0, 1],
    ])
    func otherPrefixesAreRefused(prefix: [UInt8]) {
        #expect(fixture.decode(prefix + job).failure?.kind == .invalidJob)
    }

    @Test func tombstoneAndEmptyValueAreNoJobs() {
        let wanted = "the record has no value; a job is a JSON object"
        #expect(fixture.decoder.decode(nil).failure?.message == wanted)
        #expect(fixture.decode([]).failure?.message == wanted)
        #expect(fixture.decoder.decode(UnsafeRawBufferPointer(start: nil, count: 0)).failure?.message == wanted)
    }

    @Test(arguments: [
        ("[]", "an array"), (#"[{"job_id":"a1","application_id":7}]"#, "an array"), ("\"a\"", "a string"),
        ("7", "an integer"), ("null", "null"), ("true", "true or false"), ("{\"job_id\":", "not valid JSON"),
        ("\u{FEFF}", "empty"), ("\0\0\0\0\u{1}", "not valid JSON"), ("job", "not valid JSON"),
        (#"{"job_id":"a1","application_id":07}"#, "not valid JSON"), (#"{"a":1.,"job_id":"a1"}"#, "not valid JSON"),
        (#"{"a":1e999,"b":-}"#, "not valid JSON"), (#"{"a":1e999,"b":1e}"#, "not valid JSON"),
        (#"{"a":1e999,"b":00000000000000000001}"#, "not valid JSON"), (#"{"a":1e999"#, "not valid JSON"),
        (#"{"a":1e999,"b":""#, "not valid JSON"), (#"{"a":1e999,"b":"\"#, "not valid JSON"),
        (#"{"job_id":"\ud800","application_id":7}"#, "not valid JSON"),
        (#"{"job_id":"a\udc00b","application_id":7}"#, "not valid JSON"),
    ])
    func valueThatIsNoJSONObjectIsRefused(text: String, named: String) {
        let decoded = fixture.decode(text)
        #expect(decoded.failure?.kind == .invalidJob)
        #expect(decoded.failure?.message.hasPrefix("the record's value is \(named)") == true)
        #expect(decoded.identity == JobIdentity())
    }

    @Test(arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE4, 0xBD]])
    func valueThatIsNotUTF8IsRefused(bytes: [UInt8]) {
        let decoded = fixture.decode(Array(#"{"application_id":7,"job_id":""#.utf8) + bytes + Array("\"}".utf8))
        #expect(decoded.failure?.message.contains("UTF-8") == true)
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"application_id\":"])
    func nestingOfAnyDepthIsRefused(opening: String) {
        let text = #"{"job_id":"a1","application_id":7,"x":"# + String(repeating: opening, count: 20_000)
        #expect(fixture.decode(text).failure?.kind == .invalidJob)
    }

    @Test func closedNestingOfAnyDepthIsRefused() {
        let (open, close) = (String(repeating: "[", count: 20_000), String(repeating: "]", count: 20_000))
        let failure = fixture.decode(#"{"job_id":"a1","application_id":7,"x":\#(open)\#(close)}"#).failure
        #expect(failure?.message.contains("nested too deeply") == true)
    }

    @Test func longFieldsAreIgnoredLikeShortOnes() {
        let text = String(repeating: "y", count: 900_000)
        #expect(fixture.decode(fields: "\"x\":\"\(text)\"") == fixture.decode(job))
    }

    /// One character can be as long as the record, and a message is also a header and a line of a log.
    @Test(arguments: ["account", "operation"])
    func messagesQuoteAFewScalarsWithoutControlCharacters(field: String) {
        let text = "a" + String(repeating: "\u{301}", count: 100_000)
        #expect(fixture.decode(fields: #""\#(field)":"\#(text)""#).failure.map { $0.message.utf8.count < 512 } == true)
        let message = fixture.decode(fields: #""\#(field)":"a\n\u0000\u0085b""#).failure?.message
        #expect(message?.contains("\"a\u{FFFD}\u{FFFD}\u{FFFD}b\"") == true)
    }

    @Test func noiseIsRefusedWithoutHarm() {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        for size in [1, 5, 6, 64, 4096, 900_000] {
            let noise = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(fixture.decode(noise).failure?.kind == .invalidJob, "seed \(seed)")
        }
    }

    /// Texts near the right one reach further into the decoder than noise does; those with numbers out of range are read
    /// twice.
    @Test func damagedJobsAreDecodedOrRefusedAndTheNextOneIsRead() {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        let whole = Array(
            #"{"job_id":"a1","application_id":18446744073709551616,"isv_application_id":"é\n","deadline":"2026","n":[-1e999]}"#
                .utf8)
        for _ in 0..<5_000 {
            var damaged = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: 0..<damaged.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: damaged[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: damaged.removeSubrange(index...)
                default: damaged.insert(contentsOf: whole[min(index, whole.count)...], at: index)
                }
                if damaged.isEmpty { damaged = [0x7B] }
            }
            _ = fixture.decode(damaged)
        }
        #expect(fixture.decode(whole).identity.jobID == "a1", "seed \(seed)")
        #expect(fixture.decode(job).job != nil, "seed \(seed)")
    }
}
