import EventLoop
import Synchronization
import TestSupport
import Testing

@testable import WeChat

/// The assembled client, over HTTP on loopback.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct WeChatClientTests {
    @Test func makesTheCallThatWeChatDocuments() async throws {
        let it = WeChatClientFixture { _, _ in .json(StubText.finished) }
        defer { it.client.close() }
        let context = it.job()
        #expect(try await it.start(context).wait() == .finished)
        #expect(context.attempts == 1)
        try #require(it.api.requests.count == 2)
        let (grant, call) = (it.api.requests[0], it.api.requests[1])
        #expect(grant.method == "POST")
        #expect(grant.target == "/cgi-bin/stable_token")
        #expect(
            grant.bodyText == #"{"grant_type":"client_credential","appid":"wx1","secret":"s3cret-hidden"}"#)
        #expect(call.method == "POST")
        #expect(call.target == "/intp/marketcode/applycodequery?access_token=80_hidden_1")
        #expect(call.headers["content-type"] == "application/json")
        #expect(call.bodyText == #"{"application_id":581865877}"#)
    }

    @Test func fetchesItsTokenOnceForManyJobs() async throws {
        let it = WeChatClientFixture { _, _ in .json(StubText.finished) }
        defer { it.client.close() }
        let tasks = (0..<50).map { _ in it.start(it.job()) }
        for task in tasks { #expect(try await task.wait() == .finished) }
        #expect(it.tokenCalls == 1)
        #expect(it.businessCalls == 50)
    }

    @Test func repeatsACallWhoseTokenWasRevokedWithoutCountingIt() async throws {
        let it = WeChatClientFixture { _, _ in .json(StubText.finished) }
        defer { it.client.close() }
        #expect(try await it.start(it.job()).wait() == .finished)
        it.weChat.revokeToken()
        let context = it.job()
        #expect(try await it.start(context).wait() == .finished)
        #expect(context.attempts == 1)
        #expect(it.tokenCalls == 2)
        #expect(it.businessCalls == 3)
    }

    /// All of them are on the wire with the old token before the first is refused.
    @Test func refreshesOnceForAllJobsThatMeetARevokedToken() async throws {
        let gate = StubGate()
        let weChat = StubWeChat()
        let it = WeChatClientFixture {
            $0.concurrency = 300
            $0.timeout = .seconds(30)
        } handler: { request in
            if request.isForToken { return weChat.grant() }
            if weChat.accepts(request) { return .json(StubText.finished) }
            return .answerAfter(gate, StubAnswer(200, StubText.invalidCredential))
        }
        defer { it.client.close() }
        #expect(try await it.start(it.job()).wait() == .finished)
        weChat.revokeToken()
        let contexts = (0..<300).map { _ in it.job() }
        let tasks = contexts.map { it.start($0) }
        await it.api.waitForRequests(2 + 300)
        gate.open()
        for task in tasks { #expect(try await task.wait() == .finished) }
        #expect(it.tokenCalls == 2)
        #expect(it.businessCalls == 1 + 2 * 300)
        #expect(contexts.allSatisfy { $0.attempts == 1 })
        #expect(it.recorder.events.filter { $0 == .tokenRefused(account: "wx1", errcode: 40001) }.count == 1)
    }

    /// WeChat hands out the token that it refuses.
    @Test func givesUpOnATokenThatIsRefusedForEver() async throws {
        let weChat = StubWeChat()
        let it = WeChatClientFixture {
            $0.retry = RetryPolicy(attempts: 3, backoff: .milliseconds(1))
        } handler: { request in
            request.isForToken ? weChat.grant() : .json(StubText.invalidCredential)
        }
        defer { it.client.close() }
        let context = it.job()
        let failure = try await it.start(context).wait().failure
        #expect(failure?.kind == .tokenRejected)
        #expect(failure?.errcode == 40001)
        #expect(failure?.rid == "6543a2b1-1")
        #expect(failure?.retryable == true)
        #expect(context.attempts == 3)
        // The pause between two fetches of the same token, a second, may pass on a machine that is slow enough.
        #expect((2...3).contains(it.tokenCalls))
    }

    @Test func answersThatAnApplicationDoesNotExist() async throws {
        let it = WeChatClientFixture { _, _ in
            .json(#"{"errcode":80300,"errmsg":"application not exist rid: 6543a2b1-0a1b2c3d-12345678"}"#)
        }
        defer { it.client.close() }
        let context = it.job()
        let expected = APIFailure(
            kind: .notFound, errcode: 80300, httpStatus: 200,
            message: "application not exist rid: 6543a2b1-0a1b2c3d-12345678", rid: "6543a2b1-0a1b2c3d-12345678",
            retryable: false)
        #expect(try await it.start(context).wait() == .failure(.failed(expected)))
        #expect(context.attempts == 1)
    }

    @Test func knowsItsAccounts() async throws {
        let it = WeChatClientFixture { _, _ in .json(StubText.finished) }
        defer { it.client.close() }
        let failure = try await it.start(it.job(), account: "wx2").wait().failure
        #expect(failure?.kind == .unknownAccount)
        #expect(failure?.retryable == false)
        #expect(failure?.message.contains("wx2") == true)
        #expect(it.api.requests.isEmpty)
    }

    @Test func saysThatTheSecretIsWrongAndNeverWhichItIs() async throws {
        let it = WeChatClientFixture {
            $0.hold = .answer
        } handler: { request in
            .json(#"{"errcode":40001,"errmsg":"invalid credential: \#(request.bodyText.filter { $0 != "\"" })"}"#)
        }
        defer { it.client.close() }
        let context = it.job()
        let outcome = try await it.start(context).wait()
        #expect(outcome.failure?.kind == .credentials)
        #expect(outcome.failure?.retryAfter.map { $0 > .seconds(29) } == true)
        #expect(context.attempts == 0)
        #expect(it.businessCalls == 0)
        #expect(it.api.requests.allSatisfy { $0.bodyText.contains("s3cret-hidden") })
        var dumped = ""
        dump((outcome, it.client.accountsStatus(limit: 10)), to: &dumped)
        for text in [dumped, "\(outcome)", String(reflecting: outcome), it.recorder.text] {
            #expect(text.contains("invalid credential"))
            #expect(!text.contains("hidden"))
        }
    }

    @Test func printsNoTokenWhateverHappens() async throws {
        let it = WeChatClientFixture { request, _ in
            .json(#"{"errcode":40097,"errmsg":"invalid args: \#(request.target)"}"#)
        }
        defer { it.client.close() }
        #expect(try await it.start(it.job()).wait().failure?.kind == .invalidRequest)
        it.weChat.revokeToken()
        let outcome = try await it.start(it.job()).wait()
        #expect(outcome.failure?.message == "invalid args: /intp/marketcode/applycodequery?access_token=***")
        #expect(it.recorder.events.count == 3)
        #expect(!it.recorder.text.contains("hidden"))
    }
}
