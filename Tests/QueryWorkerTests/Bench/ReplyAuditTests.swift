import EventLoop
import Testing

@testable import QueryWorker

@Suite struct ReplyAuditTests {
    @Test @EventLoopActor func jobsAreReadByTheWorkerAndFoundAgain() {
        let job = DecoderFixture().decode(BenchFixture.jobs.value(of: 3)).job
        #expect(job?.identity.jobID == "r1-3")
        #expect(BenchFixture.jobs.number(of: "r1-3") == 3)
        for id in ["r1-4", "r1--1", "r2-3", "r1-", "3"] { #expect(BenchFixture.jobs.number(of: id) == nil) }
    }

    @Test func oneReplyEachIsRight() {
        let audit = BenchFixture.audit()
        #expect(audit.isExactlyOneEach)
        #expect(audit.firstBegin?.rfc3339 == "2026-11-25T10:00:00.960Z")
        #expect(audit.lastReply?.rfc3339 == "2026-11-25T10:00:01.960Z")
    }

    @Test func whatIsMissingDoubledOrForeignIsCounted() {
        let audit = BenchFixture.audit(["r1-0", "r1-0", "r1-0", "r1-2", "other"])
        #expect(!audit.isExactlyOneEach)
        #expect(audit.missing == 2)
        #expect(audit.duplicates == 2)
        #expect(audit.foreign == 1)
    }

    @Test func failuresAreRepliesTooAndCountedByKind() {
        var audit = BenchFixture.audit(["r1-0", "r1-1"])
        audit.take(BenchFixture.reply("r1-2", kind: "busy"), timestamp: nil)
        audit.take(BenchFixture.reply("r1-3", kind: "busy"), timestamp: nil)
        #expect(audit.isExactlyOneEach)
        #expect(audit.failures == ["busy": 2])
    }

    @Test func theTimeIsFromTheEarliestBeginToTheLatestReply() {
        var audit = ReplyAudit(BenchFixture.jobs)
        audit.take(BenchFixture.reply("r1-0", completedAt: "2026-11-25T10:00:02.000Z", duration: 1500), timestamp: 9)
        audit.take(BenchFixture.reply("r1-1", completedAt: "2026-11-25T10:00:01.000Z", duration: 10), timestamp: 7)
        #expect(audit.firstBegin?.rfc3339 == "2026-11-25T10:00:00.500Z")
        #expect(audit.lastReply?.millisecondsSince1970 == 9)
    }
}
