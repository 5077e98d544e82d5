import Testing

@testable import WeChat

@Suite struct AccountShareTests {
    private var share = AccountShare(limit: 10)

    @Test mutating func refusesNothingBelowItsLimit() {
        begin(9)
        #expect(share.mode == .room)
        begin(1)
        #expect(share.mode == .full)
        #expect(!share.refuses)
        share.jobEnded()
        #expect(share.mode == .room)
        #expect(share.held == 9)
    }

    /// Ten held, and none ends: after two looks a second apart it is known.
    @Test mutating func isSlowIfWhatItHoldsTakesLong() {
        begin(10)
        tick()
        #expect(share.mode == .full)
        tick()
        #expect(share.mode == .slow)
        #expect(share.refuses)
    }

    @Test mutating func isSlowAtOnceOnHold() {
        begin(9)
        share.jobBegan(isOnHold: true)
        #expect(share.refuses)
    }

    @Test mutating func isNotSlowAsLongAsItsJobsEndQuickly() {
        begin(10)
        for _ in 0..<10 {
            for _ in 0..<2 {
                share.jobEnded()
                begin(1)
            }
            tick()
            #expect(share.mode == .full)
        }
    }

    /// What ended in all the time before says nothing of the second in which it is full.
    @Test mutating func forgetsWhatEndedBeforeItWasFull() {
        for _ in 0..<1000 {
            begin(1)
            share.jobEnded()
        }
        begin(10)
        tick()
        tick()
        #expect(share.mode == .slow)
    }

    @Test mutating func takesJobsAgainOnceHalfIsDone() {
        slowDown()
        for held in stride(from: 9, through: 5, by: -1) {
            share.jobEnded()
            #expect(share.held == held)
            #expect(share.mode == .slow)
            #expect(!share.refuses)
        }
        share.jobEnded()
        #expect(share.mode == .room)
    }

    @Test mutating func isQuickAgainWhenItsJobsEndQuickly() {
        slowDown()
        for _ in 0..<3 {
            share.jobEnded()
            begin(1)
        }
        #expect(share.refuses)
        tick()
        #expect(share.mode == .full)
    }

    /// During an outage nothing ends, for any account.
    @Test mutating func isNotSlowWhileWeChatCannotBeReached() {
        begin(10)
        for _ in 0..<60 { share.tick(isOnHold: false, isHostDown: true) }
        #expect(share.mode == .full)
        tick()
        #expect(share.mode == .full)
    }

    @Test mutating func worksWithALimitOfOne() {
        share = AccountShare(limit: 1)
        begin(1)
        tick()
        tick()
        #expect(share.refuses)
        share.jobEnded()
        #expect(!share.refuses)
        tick()
        #expect(share.mode == .room)
    }

    private mutating func begin(_ count: Int) {
        for _ in 0..<count { share.jobBegan(isOnHold: false) }
    }

    private mutating func tick() { share.tick(isOnHold: false, isHostDown: false) }

    private mutating func slowDown() {
        begin(10)
        tick()
        tick()
    }
}
