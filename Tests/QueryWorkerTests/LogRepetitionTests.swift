import EventLoop
import Foundation
import Synchronization
import Testing

@testable import QueryWorker

@Suite struct LogRepetitionTests {
    /// The time, as a test sets it.
    private final class Uptime: Sendable {
        private let seconds = Mutex(0.0)
        var now: MonotonicTime { MonotonicTime(nanoseconds: Int64(seconds.withLock { $0 } * 1e9)) }
        func advance(by seconds: Double) { self.seconds.withLock { $0 += seconds } }
    }

    private final class MemorySink: LogSink {
        private let stored = Mutex<[String]>([])
        func write(_ line: [UInt8]) { stored.withLock { $0.append(String(decoding: line.dropLast(), as: UTF8.self)) } }
        var lines: [String] { stored.withLock { $0 } }
    }

    private let uptime = Uptime()
    private let sink = MemorySink()

    private func logger(level: LogLevel = .trace) -> Logger {
        let uptime = uptime
        return Logger(level: level, format: .json, sink: sink, uptime: { uptime.now })
    }

    private var summaries: [String] { sink.lines.filter { $0.contains("repeated lines left out") } }

    @Test func theEleventhLineInTenSecondsIsLeftOutAndTheNextPeriodTellsHowMany() {
        let logger = logger()
        for _ in 1...10 { logger.info("a") }
        uptime.advance(by: 9)
        for _ in 1...5 { logger.info("a") }
        logger.info("b")
        #expect(sink.lines.count == 11)
        #expect(logger.suppressedCount == 5)
        uptime.advance(by: 1)
        logger.info("a")
        #expect(sink.lines.count == 13)
        #expect(summaries.count == 1)
        #expect(summaries.first?.hasSuffix(#""suppressed":5,"suppressed_message":"a"}"#) == true, "\(summaries)")
        #expect(sink.lines.last?.contains(#""message":"a""#) == true)
        #expect(logger.suppressedCount == 5)
    }

    @Test func whatWasLeftOutIsToldThoughTheMessageDoesNotComeAgain() {
        let logger = logger()
        for _ in 1...11 { logger.warning("a") }
        for _ in 1...13 { logger.info("b") }
        logger.error("c")
        logger.flushSuppressed()
        #expect(summaries.isEmpty)
        uptime.advance(by: 10)
        logger.flushSuppressed()
        #expect(summaries.count == 2)
        #expect(summaries.first?.hasSuffix(#""suppressed":1,"suppressed_message":"a"}"#) == true)
        #expect(summaries.last?.hasSuffix(#""suppressed":3,"suppressed_message":"b"}"#) == true)
        #expect(summaries.first?.contains(#""level":"warning""#) == true)
        logger.flushSuppressed()
        #expect(summaries.count == 2)
        for _ in 1...10 { logger.warning("a") }
        #expect(sink.lines.count == 10 + 10 + 1 + 2 + 10)
    }

    @Test func theEndTellsAllThatWasLeftOut() {
        let logger = logger()
        for _ in 1...12 { logger.info("a") }
        logger.flushAllSuppressed()
        #expect(summaries.count == 1)
        #expect(logger.suppressedCount == 2)
    }

    @Test func summaryHasTheHighestLevelOfWhatItStandsFor() {
        let logger = logger()
        for _ in 1...10 { logger.info("a") }
        logger.error("a")
        logger.info("a")
        logger.flushAllSuppressed()
        #expect(summaries.first?.contains(#""level":"error""#) == true)
    }

    @Test func linesAboutAJobAreNeverLeftOut() {
        let logger = logger()
        for number in 1...100 { logger.info("job failed", ["job_id": .integer(number)]) }
        for number in 1...100 { logger.with(["job_id": .integer(number)]).warning("reply refused") }
        #expect(sink.lines.count == 200)
        #expect(logger.suppressedCount == 0)
    }

    @Test func linesBelowInfoAndCompleteListsAreNeverLeftOut() {
        let logger = logger()
        for _ in 1...100 {
            logger.debug("a")
            logger.complete.warning("b")
            logger.complete.with(["n": 1]).warning("c")
        }
        #expect(sink.lines.count == 300)
    }

    @Test func linesThatAreNotWrittenAnywayDoNotCount() {
        let logger = logger(level: .warning)
        for _ in 1...100 { logger.info("a") }
        #expect(logger.suppressedCount == 0)
        logger.level = .info
        logger.info("a")
        #expect(sink.lines.count == 1)
    }

    @Test func whatHasTheSameMessageAndAnotherKindIsCountedForItself() {
        let logger = logger()
        for _ in 1...11 {
            logger.log(.warning, "librdkafka", kind: "FAIL")
            logger.log(.warning, "librdkafka", kind: "SESSTMOUT")
        }
        #expect(sink.lines.count == 20)
        logger.flushAllSuppressed()
        #expect(summaries.first?.contains("librdkafka FAIL") == true)
        #expect(summaries.last?.contains("librdkafka SESSTMOUT") == true)
    }

    @Test func countsOfSeveralThreadsAddUp() {
        let logger = logger()
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 1...500 { logger.with(["n": 1]).warning("a") }
        }
        #expect(sink.lines.count == 10)
        #expect(logger.suppressedCount == 3_990)
        logger.flushAllSuppressed()
        #expect(summaries.first?.contains(#""suppressed":3990"#) == true)
    }
}
