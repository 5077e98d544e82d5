import Dispatch
import Synchronization
import Testing

@testable import QueryWorker

@Suite(.timeLimit(.minutes(1)))
struct LogThreadTests {
    /// A reader that takes nothing until it is told to.
    private final class StalledSink: LogSink {
        let mayRead = DispatchSemaphore(value: 0)
        private let taken = Mutex<[UInt8]>([])

        var bytes: [UInt8] { taken.withLock { $0 } }

        func write(_ line: [UInt8]) {
            mayRead.wait()
            mayRead.signal()
            taken.withLock { $0 += line }
        }
    }

    private let sink = StalledSink()

    @Test func whoLogsDoesNotWaitForAReaderThatStalls() {
        let log = LogThread(to: sink)
        let line = Array("a line\n".utf8)
        let count = 2 * LogThread.limit / line.count
        for _ in 0..<count { log.write(line) }
        // Beside what waits, the sink has what it was given before it stalled.
        let kept = count - log.droppedCount
        #expect(log.droppedCount > 0)
        #expect(kept * line.count >= LogThread.limit - line.count)
        sink.mayRead.signal()
        log.drain(within: .seconds(60))
        #expect(sink.bytes.count == kept * line.count)
    }

    @Test func linesKeepTheirOrder() {
        let log = LogThread(to: sink)
        sink.mayRead.signal()
        let lines = (0..<1000).map { "line \($0)\n" }
        for line in lines { log.write(Array(line.utf8)) }
        log.drain(within: .seconds(60))
        #expect(String(decoding: sink.bytes, as: UTF8.self) == lines.joined())
    }

    @Test func whatWasDroppedIsTold() {
        let log = LogThread(to: sink)
        let logger = Logger(level: .info, format: .text, sink: log)
        for _ in 0..<LogThread.limit / 20 { logger.complete.info("a line of the log", ["n": 1]) }
        #expect(logger.droppedCount > 0)
        sink.mayRead.signal()
        log.drain(within: .seconds(60))
        logger.flushSuppressed()
        log.drain(within: .seconds(60))
        let text = String(decoding: sink.bytes, as: UTF8.self)
        #expect(text.contains("log lines dropped, because nobody took them dropped_total=\(logger.droppedCount)"))
    }
}
