import QueryWorker
import Testing

@Suite struct SubmissionTests {
    private let start = ContinuousClock.now

    private func published(_ count: Int) -> Submission {
        var submission = Submission()
        for number in 1...count {
            #expect(submission.nextNumber == number)
            submission.jobPublished("job-\(number)", at: start + .seconds(number))
        }
        return submission
    }

    @Test func aReplyCountsOnce() {
        var submission = published(2)
        let time = start + .seconds(3)
        let counted = [(1, true), (1, true), (3, true), (2, false)].map { number, hasSucceeded in
            submission.replyReceived(for: number, hasSucceeded: hasSucceeded, at: time)
        }
        #expect(counted == [true, false, false, true])
        #expect(submission.succeeded == 1)
        #expect(submission.failed == 1)
        #expect(submission.waiting.isEmpty)
    }

    @Test func jobsAreGivenUpOneByOneAndALateReplyStillCounts() {
        var submission = published(3)
        let early = submission.giveUp(after: .seconds(10), at: start + .seconds(10))
        #expect(early.jobIDs.isEmpty)
        let (jobIDs, isSilent) = submission.giveUp(after: .seconds(10), at: start + .seconds(12))
        #expect(jobIDs == ["job-1", "job-2"])
        #expect(isSilent)
        #expect(submission.missingCount == 2)
        let counts = submission.replyReceived(for: 1, hasSucceeded: true, at: start + .seconds(12))
        #expect(counts)
        #expect(submission.missingCount == 1)
    }

    @Test func itIsNotSilentWhileOthersAreAnswered() {
        var submission = published(2)
        _ = submission.replyReceived(for: 2, hasSucceeded: true, at: start + .seconds(5))
        let (jobIDs, isSilent) = submission.giveUp(after: .seconds(10), at: start + .seconds(11))
        #expect(jobIDs == ["job-1"])
        #expect(!isSilent)
    }

    @Test func silenceCountsFromTheLastReplyOrTheOldestJob() {
        var submission = published(2)
        var silences = [submission.silence(at: start + .seconds(4))]
        _ = submission.replyReceived(for: 1, hasSucceeded: true, at: start + .seconds(5))
        silences.append(submission.silence(at: start + .seconds(9)))
        _ = submission.replyReceived(for: 2, hasSucceeded: true, at: start + .seconds(9))
        silences.append(submission.silence(at: start + .seconds(60)))
        #expect(silences == [.seconds(3), .seconds(4), .zero])
    }

    @Test func whatWasNotDeliveredWaitsForNothing() {
        var submission = published(2)
        let failed = [submission.deliveryFailed(2), submission.deliveryFailed(2)]
        #expect(failed == ["job-2", nil])
        submission.allDelivered()
        #expect(submission.waiting.isEmpty)
        #expect(submission.undelivered == 1)
    }

    private enum Fate { case succeeded, failed, undelivered, missing }

    private func summary(_ fates: [Fate]) -> SubmitSummary {
        var submission = Submission()
        for fate in fates {
            submission.jobPublished("job", at: start)
            switch fate {
            case .succeeded, .failed:
                _ = submission.replyReceived(
                    for: submission.published, hasSucceeded: fate == .succeeded, at: start)
            case .undelivered: _ = submission.deliveryFailed(submission.published)
            case .missing: _ = submission.giveUp(after: .zero, at: start)
            }
        }
        return SubmitSummary(submission)
    }

    @Test func theExitCodeTellsTheWorst() {
        #expect(summary([]).exitCode == 0)
        #expect(summary([.succeeded]).exitCode == 0)
        #expect(summary([.succeeded, .failed]).exitCode == 1)
        #expect(summary([.failed, .missing]).exitCode == 2)
        #expect(summary([.succeeded, .undelivered]).exitCode == 2)
        var cut = summary([.failed])
        cut.badLines = 1
        #expect(cut.exitCode == 65)
        cut.signal = 2
        #expect(cut.exitCode == 130)
    }

    @Test func theLastLineSumsUp() {
        var summary = summary([.succeeded, .succeeded, .failed, .missing, .undelivered])
        summary.elapsed = .milliseconds(1_240)
        #expect(
            summary.text == "4 jobs published: 2 succeeded, 1 failed, 1 without a reply, 1 not published; 1.2 s")
    }

    @Test func progressTellsWhatIsLeft() {
        let progress = SubmitProgress(
            published: 600, done: 500, failed: 3, total: 1_000, elapsed: .seconds(10), waits: true)
        #expect(progress.text == "600 of 1000 published, 500 replied, 3 failed, 100 waiting, 50/s, 10 s left")
        let endless = SubmitProgress(
            published: 6, done: 5, failed: 0, total: nil, elapsed: .seconds(1), waits: false)
        #expect(endless.text == "6 published, 5 acknowledged, 0 failed, 1 waiting, 5/s")
    }
}
