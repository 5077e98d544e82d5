import EventLoop
import Testing
import WeChat

@testable import QueryWorker

/// What the topic's records come to, in whichever order they are read.
@Suite struct CredentialTopicStateTests {
    private let name = CredentialName.account("wxm1")
    private let time = WallTime(millisecondsSince1970: 1_800_000_000_000)

    private func token(_ generation: Int, _ refreshToken: String, basedOn: Int64?) -> CredentialTopicRecord {
        .token(
            RefreshedCredentials(
                name: name, component: "wxc1", generation: generation, accessToken: AccessToken("a\(generation)"),
                expiresAt: time + .seconds(7200), refreshToken: refreshToken, basedOn: basedOn))
    }

    private func authorized(_ refreshToken: String) -> CredentialTopicRecord {
        .event(
            .authorizedByRefreshToken(component: "wxc1", account: "wxm1", refreshToken: refreshToken), receivedAt: nil)
    }

    private func state(_ records: [(CredentialTopicRecord, Int64)]) -> CredentialTopicState {
        var state = CredentialTopicState()
        for (record, offset) in records { state.take(record, at: offset, time: time) }
        return state
    }

    @Test func tokenThatWasFetchedBeforeAnAuthorisationHasNoForce() {
        let state = state([(authorized("r0"), 1), (authorized("new"), 3), (token(1, "r1", basedOn: 1), 4)])
        #expect(state.record.token == nil)
        #expect(state.record.refreshToken == "new")
    }

    @Test func tokenThatTookTheAuthorisationIntoAccountHasForce() {
        let state = state([(authorized("r0"), 3), (token(1, "r1", basedOn: 3), 4)])
        #expect(state.record.token?.generation == 1)
        #expect(state.record.refreshToken == "r1")
    }

    /// Its key was missing when the topic was read first.
    @Test func authorisationThatIsReadLateUndoesNoTokenThatCameOfIt() {
        let late = state([(token(1, "r1", basedOn: 3), 4), (authorized("r0"), 3)])
        #expect(late.record.refreshToken == "r1")
        let later = state([(token(1, "r1", basedOn: 1), 4), (authorized("new"), 3)])
        #expect(later.record.refreshToken == "new")
    }

    @Test func tokenOfALowerGenerationNeverReplacesOneOfAHigher() {
        let state = state([(token(7, "r7", basedOn: nil), 1), (token(6, "r6", basedOn: nil), 2)])
        #expect(state.record.refreshToken == "r7")
    }

    /// An intent counts: whoever takes over makes the next generation, and what the former one brings late is lower.
    @Test func intentRaisesTheGeneration() {
        var state = state([(token(1, "r1", basedOn: nil), 1)])
        state.take(.intent(name, generation: 2, instance: "a"), at: 2, time: time)
        #expect(state.generation == 2)
        #expect(state.currentGeneration == 1)
    }

    /// Its key was missing when the intent after it was read.
    @Test func tokenThatIsReadLateCountsBesideALaterIntent() {
        let state = state([
            (token(1, "r1", basedOn: nil), 1), (.intent(name, generation: 3, instance: "a"), 4),
            (token(2, "r2", basedOn: nil), 3),
        ])
        #expect(state.record.refreshToken == "r2")
        #expect(state.generation == 3)
    }

    /// It may be newer than what is known, which would otherwise replace it.
    @Test func tokenThatNoKeyOpensKeepsTheAccountFromBeingRefreshed() {
        var state = state([(authorized("r0"), 1)])
        state.skip(.token, at: 2, sealedWith: "k2")
        #expect(state.missingKey == "k2")
        state.take(token(1, "r1", basedOn: 1), at: 2, time: time)
        #expect(state.missingKey == nil)
        #expect(state.record.refreshToken == "r1")
    }

    @Test func authorisationThatNoKeyOpensIsNeededUntilATokenCameOfIt() {
        var state = state([])
        state.skip(.authorization, at: 1, sealedWith: "old")
        #expect(state.missingKey == "old")
        state.take(token(1, "r1", basedOn: 1), at: 2, time: time)
        #expect(state.missingKey == nil)
        state.skip(.authorization, at: 3, sealedWith: "new")
        #expect(state.missingKey == "new")
        _ = state.remove(.authorization, at: 4)
        #expect(state.missingKey == nil)
    }

    @Test func whatIsReadAgainAndStillNotOpenedChangesNothing() {
        var state = state([(authorized("r0"), 1), (token(1, "r1", basedOn: 1), 3)])
        state.skip(.token, at: 2, sealedWith: "k2")
        #expect(state.missingKey == nil)
    }

    @Test func ticketThatIsDatedInTheFutureKeepsNoLaterOneOut() {
        let component = CredentialEvent.ticket(component: "wxc1", ticket: "t1")
        var state = CredentialTopicState()
        state.take(.event(component, receivedAt: time + .seconds(86_400)), at: 1, time: time)
        let later = CredentialEvent.ticket(component: "wxc1", ticket: "t2")
        state.take(.event(later, receivedAt: nil), at: 2, time: time + .seconds(1))
        #expect(state.record.ticket == "t2")
    }

    @Test func recordsAreTakenOnce() {
        var state = state([(authorized("r0"), 1), (token(1, "r1", basedOn: 1), 2)])
        let hasChanged = state.take(authorized("r0"), at: 1, time: time)
        #expect(!hasChanged)
        #expect(state.record.refreshToken == "r1")
    }

    @Test func requestIsOpenUntilItIsAnsweredOrTheTokenReplaced() {
        var state = state([(token(1, "r1", basedOn: nil), 1)])
        state.take(.rejected(name, generation: 1, instance: "b", reason: nil), at: 2, time: time)
        #expect(state.isWanted)
        state.take(.rejected(name, generation: 1, instance: "a", reason: "busy: later"), at: 3, time: time)
        #expect(!state.isWanted)
        state.take(.rejected(name, generation: 1, instance: "b", reason: nil), at: 4, time: time)
        state.take(token(2, "r2", basedOn: nil), at: 5, time: time)
        #expect(!state.isWanted)
    }

    /// Read anew at a takeover, it would have a good token replaced.
    @Test func requestForATokenThatIsReplacedIsNotOpen() {
        let replaced = state([
            (token(1, "r1", basedOn: nil), 1), (.rejected(name, generation: 1, instance: "b", reason: nil), 2),
            (token(2, "r2", basedOn: nil), 3),
        ])
        #expect(!replaced.isWanted)
        let late = state([
            (token(2, "r2", basedOn: nil), 1), (.rejected(name, generation: 1, instance: "b", reason: nil), 2),
        ])
        #expect(!late.isWanted)
    }

    @Test func tombstonesRemove() {
        var state = state([(authorized("r0"), 1), (token(1, "r1", basedOn: 1), 2)])
        _ = state.remove(.token, at: 3)
        #expect(state.record.token == nil)
        _ = state.remove(.authorization, at: 4)
        #expect(state.record == CredentialRecord())
    }

    /// An instance that ran all the time, and one that reads what compaction has left of the topic, tombstones gone, must know
    /// and count the same: a token's number would else say nothing about which is the newer.
    @Test func whoReadsWhatCompactionLeavesKnowsWhatWhoHasReadAllKnows() {
        for number in 0..<Self.operations * Self.operations * Self.operations * Self.operations * Self.operations {
            var running = CredentialTopicState()
            var topic: [CredentialTopicKey.Subject: (CredentialTopicRecord, Int64)] = [:]
            var (code, history) = (number, "")
            for offset in 1...Int64(5) {
                let (subject, record) = operation(code % Self.operations, after: running, at: offset)
                code /= Self.operations
                history += " \(record?.type ?? "tombstone of \(subject)")"
                if let record {
                    topic[subject] = (record, offset)
                    running.take(record, at: offset, time: time)
                } else {
                    topic[subject] = nil
                    _ = running.remove(subject, at: offset)
                }
            }
            let new = state(topic.values.sorted { $0.1 < $1.1 })
            guard new.generation == running.generation, new.record == running.record else {
                Issue.record("after\(history)")
                return
            }
        }
    }

    private static let operations = 8

    /// - Returns: nil for a tombstone.
    private func operation(
        _ number: Int, after state: CredentialTopicState, at offset: Int64
    ) -> (CredentialTopicKey.Subject, CredentialTopicRecord?) {
        switch number {
        case 0: (.authorization, authorized("r\(offset)"))
        case 1: (.authorization, .event(.unauthorized(component: "wxc1", account: "wxm1"), receivedAt: nil))
        case 2: (.intent, .intent(name, generation: state.generation + 1, instance: "a"))
        // What the last intent has led to.
        case 3: (.token, token(max(state.generation, 1), "r\(offset)", basedOn: state.authorizedAt))
        // An authorisation that came meanwhile is not taken into account.
        case 4: (.token, token(max(state.generation, 1), "r\(offset)", basedOn: nil))
        case 5: (.authorization, nil)
        case 6: (.token, nil)
        default: (.intent, nil)
        }
    }

    /// What it has led to by then is older than the removal.
    @Test func refreshIsOutdatedByARemovalAndByALaterOne() {
        var state = state([(token(7, "r7", basedOn: nil), 1)])
        let refresh = state.nextRefresh
        #expect(refresh.generation == 8)
        state.take(.intent(name, generation: 8, instance: "a"), at: 2, time: time)
        #expect(!state.isOutdated(refresh))
        _ = state.remove(.token, at: 3)
        _ = state.remove(.intent, at: 4)
        #expect(state.isOutdated(refresh))
        let next = state.nextRefresh
        #expect(next.generation == 1)
        state.take(.intent(name, generation: 2, instance: "b"), at: 5, time: time)
        #expect(state.isOutdated(next))
    }

    @Test func answerKeepsKindAndCode() {
        let failure = APIFailure(
            kind: .reauthorize, errcode: 61023, message: "account wxm1: refused", retryable: true,
            disposition: .holdAccount)
        #expect(CredentialAnswer.failure(CredentialAnswer.text(failure)) == failure)
        #expect(CredentialAnswer.failure("something else").kind == .busy)
    }
}
