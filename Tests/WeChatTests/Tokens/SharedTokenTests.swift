import EventLoop
import HTTP
import TestSupport
import Testing

@testable import WeChat

/// `mode=token`, whose every call ends the token before: instances with one store leave each other's alone.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct SharedTokenTests {
    private let clock = ManualClock()
    private let store = FakeCredentialStore()
    private let account = CredentialName.account("wx1")

    private final class Server {
        var count = 0
        var urls: [String] = []
        var updates = 0
    }

    private let server = Server()

    @Test func callsAndStoresWhereNothingIsStored() async throws {
        #expect(await fetch() == .success(FetchedToken(token: AccessToken("t1"), lifetime: .seconds(7200))))
        #expect(
            server.urls == [
                "https://api.example/cgi-bin/token?grant_type=client_credential&appid=wx1&secret=s3cret%2Fhidden"
            ])
        #expect(
            store[account].token
                == StoredToken(
                    value: AccessToken("t1"), expiresAt: clock.wallTime + .seconds(7200), generation: 1))
    }

    @Test(arguments: [(301, "old", 0), (300, "t1", 1)])
    func usesAStoredTokenThatIsGoodForAWhile(rest: Int, token: String, calls: Int) async throws {
        store.change(account) { $0.token = .sample("old", rest: .seconds(rest), on: clock) }
        #expect(try await fetch().get().token == AccessToken(token))
        #expect(server.count == calls)
    }

    @Test func doesNotUseTheOneThatWasRefused() async throws {
        store.change(account) { $0.token = .sample("old", rest: .seconds(7000), on: clock) }
        #expect(try await fetch(insteadOf: "old").get().token == AccessToken("t1"))
        #expect(store[account].token?.generation == 2)
    }

    @Test func usesTheOneThatAnotherInstanceLeftForTheOneThatWasRefused() async throws {
        store.change(account) { $0.token = .sample("new", rest: .seconds(100), on: clock) }
        #expect(try await fetch(insteadOf: "old").get().token == AccessToken("new"))
        #expect(server.count == 0)
    }

    @Test func isCalledOnceByManyInstances() async throws {
        let tasks = (1...10).map { _ in LoopTask { await fetch() } }
        for task in tasks { #expect(try await task.outcome().get().token == AccessToken("t1")) }
        #expect(server.count == 1)
    }

    @Test func keepsTheStoredTokenWhenTheCallFails() async throws {
        store.change(account) { $0.token = .sample("old", rest: .seconds(200), on: clock) }
        let outcome = await fetch(answer: #"{"errcode":40001,"errmsg":"no: s3cret/hidden s3cret%2Fhidden"}"#)
        guard case .failure(.failed(let failure)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(failure.kind == .credentials)
        #expect(failure.message == "no: *** ***")
        #expect(store[account].token?.value == AccessToken("old"))
    }

    // MARK: Before an end

    @Test func waitsForAnUpdateThatIsUnderWay() async throws {
        let records = SharedRecords(store, clock: clock, callTimeout: .seconds(10))
        await records.settle()
        let (first, second) = (update(records), update(records))
        let settled = (0..<2).map { _ in LoopTask { await records.settle() } }
        await runUntilIdle()
        #expect(settled.allSatisfy { $0.value == nil })
        first.waiter.resume()
        await runUntilIdle()
        #expect(settled.allSatisfy { $0.value == nil })
        second.waiter.resume()
        for task in settled { try await task.outcome() }
        #expect(clock.pendingDelays == [])
    }

    @Test func waitsNoLongerThanACallAndItsWriteMayTake() async throws {
        let records = SharedRecords(store, clock: clock, callTimeout: .seconds(10))
        let update = update(records)
        let settled = LoopTask { await records.settle() }
        await runUntilIdle()
        clock.advance(by: .milliseconds(14_999))
        await runUntilIdle()
        #expect(settled.value == nil)
        clock.advance(by: .milliseconds(1))
        try await settled.outcome()
        update.waiter.resume()
        _ = try await update.task.outcome()
    }

    /// An update of a record of its own, which lasts until its waiter is resumed.
    private func update(_ records: SharedRecords) -> (waiter: Waiter, task: LoopTask<Bool>) {
        server.updates += 1
        let (waiter, name) = (Waiter(), CredentialName.account("wxupdate\(server.updates)"))
        let task = LoopTask {
            do throws(APIError) {
                _ = try await records.update(name) { _ throws(APIError) in
                    try? await waiter.wait(.everything, under: nil)
                    return nil
                }
                return true
            } catch { return false }
        }
        return (waiter, task)
    }

    private func fetch(
        insteadOf last: String? = nil, answer: String? = nil
    ) async -> Result<FetchedToken, APIError> {
        let server = server
        let transport = ScriptedTransport { request throws(HTTPClientFailure) in
            server.count += 1
            server.urls.append(request.url)
            return .json(answer ?? #"{"access_token":"t\#(server.count)","expires_in":7200}"#)
        }
        let calls = TokenCalls(
            baseURL: "https://api.example", timeout: .seconds(10), limit: CallLimit(1), transport: transport,
            judge: AnswerJudge(clock: clock))
        let secret = WatchedSecret("the secret of account wx1", limit: .seconds(10), clock: clock) { "s3cret/hidden" }
        let fetcher = LegacyTokenFetcher(
            account: "wx1", secret: secret, calls: calls,
            records: SharedRecords(store, clock: clock, callTimeout: .seconds(10)))
        do throws(APIError) {
            return .success(try await fetcher.fetch(insteadOf: last.map { AccessToken($0) }, under: Interruption()))
        } catch { return .failure(error) }
    }
}
