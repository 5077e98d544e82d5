import EventLoop
import Foundation
import QueryWorker
import Synchronization
import Testing

@Suite struct LoggerTests {
    private final class MemorySink: LogSink {
        private let stored = Mutex<[[UInt8]]>([])
        func write(_ line: [UInt8]) { stored.withLock { $0.append(line) } }
        var lines: [String] { stored.withLock { $0.map { String(decoding: $0, as: UTF8.self) } } }
        var sizes: [Int] { stored.withLock { $0.map(\.count) } }
    }

    private let sink = MemorySink()

    private func logger(_ format: LogFormat, level: LogLevel = .trace) -> Logger {
        Logger(level: level, format: format, sink: sink) { WallTime(millisecondsSince1970: 1_795_568_523_456) }
    }

    private func members() throws -> [String: Any] {
        let line = try #require(sink.lines.last)
        #expect(line.hasSuffix("}\n") && line.count { $0 == "\n" } == 1)
        return try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func jsonLinesHoldTheMetadataAsTheirOwnMembersInOrder() {
        logger(.json).info("assigned", ["partitions": 3, "topic": .string("t"), "share": 0.5, "first": true])
        #expect(
            sink.lines == [
                #"{"ts":"2026-11-25T01:02:03.456Z","level":"info","message":"assigned","#
                    + #""partitions":3,"topic":"t","share":0.5,"first":true}"# + "\n"
            ])
    }

    @Test func textLinesAlignAndQuoteWhatIsNoWord() {
        let logger = logger(.text)
        logger.info("assigned", ["partitions": 3, "topic": "query.requests"])
        logger.warning("odd", ["empty": "", "spaced": "a b", "equal": "a=b", "quote": "a\"b", "wide": "查询"])
        #expect(
            sink.lines == [
                "2026-11-25T01:02:03.456Z INFO    assigned partitions=3 topic=query.requests\n",
                "2026-11-25T01:02:03.456Z WARNING odd empty=\"\" spaced=\"a b\" equal=\"a=b\" quote=\"a\\\"b\" "
                    + "wide=\"查询\"\n",
            ])
    }

    @Test(arguments: ["\u{0}", "\n", "\r\n", "\t", "\u{1b}[31m", "\u{7f}", "\u{85}", "\u{9b}2J", "\"", "\\", "😀", "é"])
    func jsonKeepsEveryCharacterAndNoControlIsWrittenRaw(text: String) throws {
        logger(.json).error("text", ["value": .string(text)])
        #expect(try members()["value"] as? String == text)
        logger(.text).error("text", ["value": .string(text)])
        for line in sink.lines {
            let raw = line.dropLast().unicodeScalars.filter { $0.properties.generalCategory == .control }
            #expect(raw.isEmpty, "\(line.debugDescription)")
        }
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func numbersThatJSONDoesNotKnowAreStrings(number: Double) throws {
        logger(.json).info("n", ["n": .number(number)])
        #expect(try members()["n"] as? String == "\(number)")
    }

    @Test(arguments: LogLevel.allCases)
    func onlyItsLevelAndAboveAreWrittenAndMetadataIsNotEvaluatedBelow(least: LogLevel) {
        let logger = logger(.json, level: least)
        var evaluated = 0
        func count() -> LogMetadata {
            evaluated += 1
            return ["n": .integer(evaluated)]
        }
        for level in LogLevel.allCases { logger.log(level, "m", count()) }
        logger.trace("m", count())
        logger.debug("m", count())
        logger.info("m", count())
        logger.warning("m", count())
        logger.error("m", count())
        let expected = LogLevel.allCases.count { $0 >= least } * 2
        #expect(sink.lines.count == expected)
        #expect(evaluated == expected)
    }

    @Test func theLevelChangesForAllCopiesAtOnce() {
        let logger = logger(.json, level: .error)
        let other = logger.with(["job_id": "a"])
        other.debug("m")
        logger.level = .debug
        other.debug("m")
        #expect(sink.lines.count == 1)
        #expect(other.level == .debug)
    }

    @Test func boundMetadataComesFirst() {
        logger(.text).with(["job_id": "a1"]).with(["account": "wx1"]).info("done", ["attempts": 2])
        #expect(sink.lines == ["2026-11-25T01:02:03.456Z INFO    done job_id=a1 account=wx1 attempts=2\n"])
    }

    @Test(arguments: ["x", "\"", "\u{1}", "查", "😀"], LogFormat.allCases)
    func longLinesAreCutAndSaySo(unit: String, format: LogFormat) throws {
        let text = String(repeating: unit, count: 10_000)
        logger(format).error("long", ["short": 1, "text": .string(text), "after": 2])
        #expect(sink.sizes.allSatisfy { (8000...8192).contains($0) }, "\(sink.sizes)")
        if format == .json {
            let members = try members()
            #expect(members["short"] as? Int == 1)
            #expect(members["truncated"] as? Bool == true)
            #expect(members["after"] == nil)
            let kept = try #require(members["text"] as? String)
            #expect(!kept.isEmpty && text.hasPrefix(kept))
        } else {
            #expect(sink.lines.allSatisfy { $0.hasSuffix(" truncated=true\n") })
        }
    }

    @Test func manyMembersAreCutToo() throws {
        var metadata = LogMetadata()
        for index in 0..<1000 { metadata.append("number", .integer(index)) }
        logger(.json).info("many", metadata)
        #expect(sink.sizes.allSatisfy { $0 <= 8192 })
        #expect(try #require(sink.lines.last).hasSuffix(#","truncated":true}"# + "\n"))
    }
}
