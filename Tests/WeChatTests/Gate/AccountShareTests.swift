import Testing

@testable import WeChat

@Suite struct AccountShareTests {
    private var share = AccountShare(limit: JobLoad(jobs: 10, bytes: 1000))

    @Test mutating func refusesNothingBelowItsLimit() {
        begin(9)
        #expect(share.mode == .room)
        begin(1)
        #expect(share.mode == .full)
        end(1)
        #expect(share.mode == .room)
        #expect(share.held == JobLoad(jobs: 9, bytes: 9))
    }

    @Test mutating func isFullOfFewLargeJobs() {
        share.jobBegan(bytes: 999, isHeldUp: false)
        #expect(share.mode == .room)
        begin(1)
        #expect(share.mode == .full)
        share.jobEnded(bytes: 999)
        #expect(share.mode == .room)
    }

    /// Ten held, and none ends: after two looks a second apart it is known.
    @Test mutating func isSlowIfWhatItHoldsTakesLong() {
        begin(10)
        tick()
        #expect(share.mode == .full)
        tick()
        #expect(share.mode == .slow)
        #expect(share.isStuck)
    }

    @Test mutating func isSlowAtOnceWhereItsJobsWaitAtItsGate() {
        begin(9)
        share.jobBegan(bytes: 1, isHeldUp: true)
        #expect(share.mode == .slow)
        #expect(share.isStuck)
    }

    /// All that are stuck count together, also those that hold less than their limit.
    @Test mutating func isStuckBelowItsLimitToo() {
        begin(3)
        tick()
        #expect(!share.isStuck)
        tick()
        #expect(share.isStuck)
        #expect(share.mode == .room)
        share.jobRefused(isHeldUp: false)
        #expect(share.mode == .slow)
        end(3)
        tick()
        tick()
        #expect(!share.isStuck)
        #expect(share.mode == .room)
    }

    @Test mutating func isStuckWhileItsJobsWaitAtItsGate() {
        begin(1)
        share.tick(AccountShare.Signs(isHeldUp: true))
        #expect(share.isStuck)
        end(1)
        tick()
        #expect(!share.isStuck)
    }

    /// It does what it holds within seconds, but holds up the others, whose calls take a fifth of that.
    @Test mutating func isSlowIfItsCallsTakeLongerThanThoseOfOthers() {
        begin(10)
        var signs = AccountShare.Signs(
            pace: pace(6, each: .milliseconds(500)), paceOfOthers: pace(8, each: .milliseconds(100)))
        for _ in 0..<2 {
            replace(6)
            share.tick(signs)
        }
        #expect(share.mode == .slow)
        // Nobody is held up any more.
        signs.paceOfOthers = pace(7, each: .milliseconds(100))
        replace(6)
        share.tick(signs)
        #expect(share.mode == .full)
    }

    @Test(arguments: [(Duration.milliseconds(209), 8), (.milliseconds(500), 7)])
    mutating func isNotSlowIfItsCallsTakeLittleLongerOrNobodyElseCalls(time: Duration, callsOfOthers: Int) {
        begin(10)
        for _ in 0..<5 {
            replace(6)
            share.tick(
                AccountShare.Signs(
                    pace: pace(6, each: time), paceOfOthers: pace(callsOfOthers, each: .milliseconds(100))))
            #expect(share.mode == .full)
        }
    }

    @Test mutating func isNotSlowAsLongAsItsJobsEndQuickly() {
        begin(10)
        for _ in 0..<10 {
            replace(2)
            tick()
            #expect(share.mode == .full)
        }
    }

    /// It is at its limit for moments only, whenever one of its jobs ends, another comes.
    @Test mutating func isSlowAlsoIfItsJobsEndOneByOne() {
        begin(10)
        for _ in 0..<2 {
            replace(1)
            tick()
        }
        #expect(share.mode == .slow)
    }

    /// What ended in all the time before says nothing of the second in which it is full.
    @Test mutating func forgetsWhatEndedBeforeTheTicksBegan() {
        for _ in 0..<1000 {
            begin(1)
            end(1)
        }
        begin(10)
        share.ticksBegin()
        tick()
        tick()
        #expect(share.mode == .slow)
    }

    @Test mutating func isQuickAgainWhenItsJobsEndQuickly() {
        slowDown()
        replace(3)
        #expect(share.mode == .slow)
        tick()
        #expect(share.mode == .full)
        slowDown()
        end(9)
        tick()
        #expect(share.mode == .room)
    }

    /// During an outage nothing ends, for any account.
    @Test mutating func isNotSlowWhileWeChatCannotBeReached() {
        begin(10)
        for _ in 0..<60 { share.tick(AccountShare.Signs(isHostDown: true)) }
        #expect(share.mode == .full)
        tick()
        #expect(share.mode == .full)
    }

    @Test mutating func worksWithALimitOfOne() {
        share = AccountShare(limit: JobLoad(jobs: 1, bytes: 1000))
        begin(1)
        tick()
        tick()
        #expect(share.mode == .slow)
        end(1)
        tick()
        #expect(share.mode == .room)
    }

    private mutating func begin(_ count: Int) {
        for _ in 0..<count { share.jobBegan(bytes: 1, isHeldUp: false) }
    }

    private mutating func end(_ count: Int) {
        for _ in 0..<count { share.jobEnded(bytes: 1) }
    }

    /// So many end, and as many begin.
    private mutating func replace(_ count: Int) {
        for _ in 0..<count {
            end(1)
            begin(1)
        }
    }

    private mutating func tick() { share.tick(AccountShare.Signs()) }

    private mutating func slowDown() {
        begin(10 - share.held.jobs)
        tick()
        tick()
    }

    private func pace(_ calls: Int, each time: Duration) -> CallPace { CallPace(calls: calls, time: time * calls) }
}
