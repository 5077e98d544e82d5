import EventLoop
import Testing

@testable import QueryWorker

struct FailureLogTests {
    @Test func keepsTheLastFewOfEachKindNewestFirst() throws {
        var log = FailureLog()
        for number in 1...9 { log.failed(JobFailure(.invalidJob, "broken"), .failed("a\(number)")) }
        log.failed(JobFailure(.expired, "late"), .failed("b1"))
        let kind = try #require(log.kinds["invalid_job"])
        #expect(kind.total == 9)
        #expect(kind.recent.map(\.jobID) == ["a9", "a8", "a7", "a6", "a5"])
        #expect(log.kinds["expired"]?.recent.first?.message == "late")
    }
}

extension QueryReply {
    fileprivate static func failed(_ jobID: String) -> QueryReply {
        QueryReply(
            identity: JobIdentity(jobID: jobID), outcome: .failed(JobFailure(.invalidJob, "broken")), attempts: 0,
            duration: .zero, completedAt: WallTime(millisecondsSince1970: 0),
            source: JobSource(topic: "t", partition: 0, offset: 0))
    }
}
