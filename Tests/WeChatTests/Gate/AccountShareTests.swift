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

    /// Nothing ends of what it holds.
    @Test mutating func isStuckIfNothingEndsForSeconds() {
        begin(10)
        for _ in 0..<4 {
            tick()
            #expect(share.mode == .full)
        }
        tick()
        #expect(share.mode == .refusing)
        #expect(share.isStuck)
        replace(1)
        tick()
        #expect(share.mode == .full)
    }

    @Test mutating func isStuckAtOnceWhereItsJobsWaitAtItsGate() {
        begin(9)
        share.jobBegan(bytes: 1, isHeldUp: true)
        #expect(share.mode == .refusing)
        #expect(share.isStuck)
    }

    @Test mutating func isStuckWhileItsJobsWaitAtItsGate() {
        begin(1)
        share.tick(AccountShare.Signs(isHeldUp: true))
        #expect(share.isStuck)
        #expect(share.mode == .room)
        end(1)
        share.tick(AccountShare.Signs(isHeldUp: true))
        #expect(!share.isStuck)
    }

    /// Nothing ended while it was held up, which says nothing of its calls.
    @Test mutating func isNotStuckForTheTimeInWhichItWasHeldUp() {
        begin(10)
        for _ in 0..<5 { share.tick(AccountShare.Signs(isHeldUp: true)) }
        #expect(share.mode == .refusing)
        share.wasFreed()
        #expect(share.mode == .full)
        tick()
        #expect(!share.isStuck)
    }

    /// A few calls that take long hold up nobody.
    @Test mutating func isNotStuckWhileItHoldsLittle() {
        begin(4)
        for _ in 0..<20 { share.tick(slowSigns) }
        #expect(!share.isStuck)
    }

    // MARK: Compared with others

    @Test mutating func isSlowIfItsCallsTakeTwiceAsLongAsThoseOfOthers() {
        begin(10)
        replace(6)
        share.tick(slowSigns)
        #expect(share.mode == .full)
        replace(6)
        share.tick(slowSigns)
        #expect(share.mode == .refusing)
        // Not much quicker.
        replace(6)
        share.tick(signs(.milliseconds(170)))
        #expect(share.mode == .refusing)
        replace(6)
        share.tick(signs(.milliseconds(150)))
        #expect(share.mode == .full)
        #expect(share.isQuick)
        end(1)
        #expect(share.mode == .room)
    }

    @Test(arguments: [(Duration.milliseconds(209), Optional(Duration.milliseconds(100))), (.seconds(5), nil)])
    mutating func isNotSlowIfItsCallsTakeLittleLongerOrNobodyElseCalls(time: Duration, usual: Duration?) {
        begin(10)
        for _ in 0..<5 {
            replace(6)
            share.tick(AccountShare.Signs(pace: CallPace(calls: 6, time: time * 6), usual: usual))
            #expect(share.mode == .full)
        }
        #expect(share.isQuick == (usual != nil))
    }

    /// No call begins, or none ends, for any account.
    @Test mutating func isNotSlowForWhatIsNoAccountsFault() {
        begin(10)
        for _ in 0..<60 {
            var signs = slowSigns
            signs.isExcused = true
            share.tick(signs)
        }
        #expect(share.mode == .full)
        tick()
        #expect(share.mode == .full)
    }

    @Test mutating func worksWithALimitOfOne() {
        share = AccountShare(limit: JobLoad(jobs: 1, bytes: 1000))
        for _ in 0..<10 { share.tick(slowSigns) }
        #expect(!share.isStuck)
        begin(1)
        for _ in 0..<2 { share.tick(slowSigns) }
        #expect(share.mode == .refusing)
        end(1)
        tick()
        #expect(share.mode == .room)
    }

    private var slowSigns: AccountShare.Signs { signs(.milliseconds(500)) }

    private func signs(_ time: Duration) -> AccountShare.Signs {
        AccountShare.Signs(pace: CallPace(calls: 6, time: time * 6), usual: .milliseconds(100))
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
}
