import EventLoop
import Testing

@testable import QueryWorker

struct ReadinessTests {
    private var readiness = Readiness(timeout: .seconds(30))
    private var now = MonotonicTime(nanoseconds: 1_000_000_000_000)
    private var signals = Readiness.Signals()

    init() {
        signals.phase = .running
        signals.isMember = true
        signals.isAnyAccountUsable = true
        signals.brokerHeardAt = now
    }

    private mutating func reasons(after delay: Duration = .zero, heard: Bool = true) -> [Readiness.Reason] {
        now = now + delay
        if heard { signals.brokerHeardAt = now }
        return readiness.judge(signals, at: now).map(\.reason)
    }

    @Test mutating func beforeTheFirstAssignmentItSaysWhatItWaitsFor() {
        signals.isMember = false
        signals.isAnyAccountUsable = false
        signals.accountTrouble = "wx1: no token yet"
        let findings = readiness.judge(signals, at: now)
        #expect(findings.map(\.reason) == [.starting])
        #expect(findings[0].message.contains("its partitions"))
        #expect(findings[0].message.contains("wx1: no token yet"))
        signals.isMember = true
        #expect(reasons() == [.starting])
        signals.isAnyAccountUsable = true
        #expect(reasons() == [])
    }

    @Test mutating func aStepBeforeTheSubscriptionIsNamed() {
        signals.phase = .starting
        signals.startStep = "starts the producer"
        #expect(readiness.judge(signals, at: now) == [Readiness.Finding(.starting, "starts the producer")])
    }

    @Test mutating func aRebalanceShorterThanTheTimeoutMakesNobodyUnready() {
        #expect(reasons() == [])
        signals.isMember = false
        #expect(reasons(after: .seconds(30)) == [])
        signals.isMember = true
        #expect(reasons(after: .seconds(1)) == [])
        signals.isMember = false
        #expect(reasons(after: .seconds(31)) == [.notJoined])
        signals.isMember = true
        #expect(reasons() == [])
    }

    @Test mutating func silentBrokersAreToldByWhenOneWasHeardLast() {
        #expect(reasons() == [])
        #expect(reasons(after: .seconds(30), heard: false) == [])
        #expect(reasons(after: .seconds(1), heard: false) == [.noBroker])
        #expect(reasons() == [])
    }

    @Test mutating func withoutAnAccountForLongerThanTheTimeoutItIsNotReady() {
        #expect(reasons() == [])
        signals.isAnyAccountUsable = false
        #expect(reasons(after: .seconds(29)) == [])
        #expect(reasons(after: .seconds(2)) == [.noAccount])
        signals.isAnyAccountUsable = true
        #expect(reasons() == [])
    }

    @Test mutating func drainingIsNotReadyAtOnceAndTheOnlyReason() {
        #expect(reasons() == [])
        signals.phase = .draining
        signals.isMember = false
        #expect(reasons(after: .seconds(60)) == [.draining])
    }

    @Test mutating func aPartitionThatIsSilentStuckOrBrakedIsNamed() {
        signals.silentPartitions = [7, 3]
        signals.stuckPartitions = [1]
        signals.brakedPartitions = [2]
        let findings = readiness.judge(signals, at: now)
        #expect(findings.map(\.reason) == [.partitionSilent, .partitionStuck, .partitionBraked])
        #expect(findings[0].message.hasSuffix(": 3 7"))
    }

    @Test mutating func aThousandStuckPartitionsMakeAShortMessage() {
        signals.stuckPartitions = Array(0..<1000)
        #expect(readiness.judge(signals, at: now).allSatisfy { $0.message.utf8.count < 200 })
    }

    @Test mutating func repliesThatGetNowhereAreToldByTheirTopicOrByTheirAge() {
        #expect(reasons() == [])
        signals.replyWaitsSince = now
        #expect(reasons(after: .seconds(30)) == [])
        #expect(reasons(after: .seconds(1)) == [.notPublishing])
        signals.replyWaitsSince = nil
        signals.refusal = "nothing can be published to t: too large"
        #expect(reasons() == [.repliesRefused])
    }
}
