import EventLoop
import TestSupport
import Testing
import WeChat

@testable import QueryWorker

@Suite(.serialized, .timeLimit(.minutes(1))) @EventLoopActor struct KafkaCredentialStoreTests {
    private let name = CredentialName.account("wxm1")

    /// What WeChat hands out to an instance that is asked to stop meanwhile.
    @Test func leavesOnceARefreshUnderWayIsKept() async throws {
        try await CredentialStoreFixture.run { fixture in
            let store = try await fixture.refresher()
            let refresh = try await refreshUnderWay(store)
            var hasLeft = false
            EventLoopActor.startTask {
                await store.leave()
                hasLeft = true
            }
            await runUntilIdle()
            #expect(store.isChangedElsewhere)
            #expect(await update(store) == .failure(.change(.interrupted)))
            // Time for whoever does not wait to have gone.
            _ = try await fixture.store(of: "b", isReader: true)
            #expect(!hasLeft)
            refresh.answered.resume()
            try await fixture.wait { hasLeft }
            #expect(try refresh.outcome?.get().refreshToken == "r1")
            let reader = try await fixture.store(of: "c", isReader: true)
            #expect(try await reader.read(name).refreshToken == "r1")
        }
    }

    /// What is removed while WeChat is asked about it, the answer does not bring back; and all count anew.
    @Test func removalOutdatesARefreshUnderWay() async throws {
        try await CredentialStoreFixture.run { fixture in
            try await fixture.publish(
                .token(
                    RefreshedCredentials(
                        name: name, component: "wxc1", generation: 7, accessToken: nil, expiresAt: nil,
                        refreshToken: "r0", basedOn: nil)))
            let store = try await fixture.refresher()
            let refresh = try await refreshUnderWay(store)
            try await store.remove(name)
            try await fixture.wait { store.states[name]?.generation == 0 }
            refresh.answered.resume()
            try await fixture.wait { refresh.outcome != nil }
            #expect(throws: CredentialUpdateError.self) { try refresh.outcome?.get() }
            #expect(try await store.read(name) == CredentialRecord())
            #expect(try await update(store).get().refreshToken == "r1")
            #expect(store.states[name]?.generation == 1)
        }
    }

    /// Each has a refresher, which the other's does not fence.
    @Test func twoGroupsOnOneTopicAreToldOfEachOther() async throws {
        try await CredentialStoreFixture.run { fixture in
            // What was there before may be of a group that is no more.
            try await fixture.publish(.intent(name, generation: 1, instance: "c"), group: "three")
            let first = try await fixture.store(of: "a", group: "one")
            let second = try await fixture.store(of: "b", group: "two")
            try await fixture.wait { first.isRefresher && second.isRefresher }
            #expect(!fixture.events.contains { $0.isOfTwoGroups })
            for store in [second, first, second] { _ = try await update(store).get() }
            try await fixture.wait { fixture.events.count { $0.isOfTwoGroups } >= 2 }
            // The first learns of the second first, and both are told once.
            let topic = CredentialStoreFixture.topic
            #expect(
                fixture.events.filter(\.isOfTwoGroups) == [
                    .sharesTopic(topic, group: "one", otherGroup: "two"),
                    .sharesTopic(topic, group: "two", otherGroup: "one"),
                ])
        }
    }

    /// Who waits for another instance's answer needs none any more.
    @Test func leavesWithoutWaitingForOthers() async throws {
        try await CredentialStoreFixture.run { fixture in
            let store = try await fixture.store(of: "a")
            var outcome: Result<CredentialRecord, CredentialUpdateError>?
            EventLoopActor.startTask { outcome = await update(store) }
            await runUntilIdle()
            #expect(outcome == nil)
            await store.leave()
            try await fixture.wait { outcome != nil }
            #expect(outcome == .failure(.change(.interrupted)))
        }
    }

    /// WeChat is asked, and answers when the test says so.
    @EventLoopActor private final class UnderWay {
        let called = Waiter()
        let answered = Waiter()
        var outcome: Result<CredentialRecord, CredentialUpdateError>?
    }

    private func refreshUnderWay(_ store: KafkaCredentialStore) async throws -> UnderWay {
        let refresh = UnderWay()
        EventLoopActor.startTask {
            refresh.outcome = await update(store) { record throws(APIError) in
                refresh.called.resume()
                try? await refresh.answered.wait(.everything, under: nil)
                return record
            }
        }
        try await refresh.called.wait(.everything, under: nil)
        return refresh
    }

    /// - Parameter call: gets the record with the refresh token that it will bring.
    private func update(
        _ store: KafkaCredentialStore,
        _ call: @EventLoopActor (CredentialRecord) async throws(APIError) -> CredentialRecord? = { $0 }
    ) async -> Result<CredentialRecord, CredentialUpdateError> {
        do throws(CredentialUpdateError) {
            return .success(
                try await store.update(name, limit: .seconds(20)) { record throws(APIError) in
                    var record = record
                    record.refreshToken = "r1"
                    return try await call(record)
                })
        } catch { return .failure(error) }
    }
}

extension CredentialStoreEvent {
    fileprivate var isOfTwoGroups: Bool { if case .sharesTopic = self { true } else { false } }
}
