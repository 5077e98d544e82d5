import EventLoop
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import WeChat

/// `mode=external`: tokens that another service keeps.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct ExternalTokenTests {
    private let clock = ManualClock()

    @Test(arguments: [
        ("80_abc", ExternalToken.Life.unknown), (" 80_abc \n\n", .unknown), (#"{"access_token":"80_abc"}"#, .unknown),
        (#" {"access_token":"80_abc","expires_in":7200}"#, .seconds(7200)),
        (#"{"access_token":"80_abc","expires_in":"60"}"#, .seconds(60)),
        (
            #"{"access_token":"80_abc","expires_at":1767225600}"#,
            .until(WallTime(millisecondsSince1970: 1_767_225_600_000))
        ),
        (
            #"{"access_token":"80_abc","expires_at":1767225600000}"#,
            .until(WallTime(millisecondsSince1970: 1_767_225_600_000))
        ),
    ])
    func isReadBareOrAsJSON(text: String, life: ExternalToken.Life) throws {
        let external = try ExternalToken(text: text)
        #expect(external.token == AccessToken("80_abc"))
        #expect(external.life == life)
    }

    @Test(arguments: [
        "", " \n", "two words", "{", "{}", #"{"access_token":""}"#, #"{"access_token":["x"]}"#,
        #"{"access_token":"80_abc","expires_in":-1}"#, "tökén", #"{"access_token":"a b"}"#,
    ])
    func isNotTakenFromAnythingElse(text: String) async {
        #expect(throws: UnreadableAnswer.self) { try ExternalToken(text: text) }
        let failure = failure(await fetch(file { text }))
        #expect(failure?.kind == .credentials)
        #expect(failure?.message.contains("80_abc") == false)
    }

    @Test func ofAFileIsReadAgainEveryMinute() async throws {
        let fetched = try await fetch(file { "80_abc" }).get()
        #expect(fetched.refreshAfter == .seconds(60))
        #expect(fetched.lifetime == .seconds(7200))
    }

    /// Nobody knows when the file was written, so its life counts from when it was first seen.
    @Test func livesOnWhileTheContentIsTheSame() async throws {
        let text = Mutex(#"{"access_token":"one","expires_in":100}"#)
        let fetcher = file { text.withLock { $0 } }
        #expect(try await fetch(fetcher).get() == fetched("one", 100, again: 50))
        clock.advance(by: .seconds(40))
        #expect(try await fetch(fetcher).get() == fetched("one", 60, again: 30))
        text.withLock { $0 = #"{"access_token":"two","expires_in":7200}"# }
        #expect(try await fetch(fetcher).get() == fetched("two", 7200, again: 60))
        clock.advance(by: .seconds(7200))
        let failure = failure(await fetch(fetcher))
        #expect(failure?.kind == .credentials)
        #expect(failure?.message.contains("has expired") == true)
    }

    @Test func endsWhenTheFileSaysSo() async throws {
        let end = clock.wallTime.millisecondsSince1970 / 1000 + 30
        let fetcher = file { #"{"access_token":"one","expires_at":\#(end)}"# }
        #expect(try await fetch(fetcher).get() == fetched("one", 30, again: 15))
        clock.advance(by: .seconds(29.5))
        #expect(try await fetch(fetcher).get().refreshAfter == .seconds(1))
    }

    @Test func ofAServiceIsWhatItAnswers() async throws {
        let transport = ScriptedTransport { _ in .json(#"{"access_token":"one","expires_in":300}"#) }
        #expect(try await fetch(url(transport)).get() == fetched("one", 300, again: 60))
        #expect(transport.requests.first?.method == .get)
        #expect(transport.requests.first?.url == Self.address)
    }

    @Test(arguments: [
        (200, #"{"errcode":40001,"errmsg":"ADDRESS"}"#, APIFailure.Kind.credentials),
        (401, "", .credentials), (403, "ADDRESS", .credentials), (404, "ADDRESS", .protocolError), (503, "", .busy),
        (200, #"{"errcode":1,"errmsg":"user k3y-hidden and p4ss-hidden"}"#, .apiError), (200, "{}", .protocolError),
        (200, #"{"errcode":1,"errmsg":"nothing at /p4th-hidden/wx1, or in p4th-hidden"}"#, .apiError),
        (200, #"{"errcode":1,"errmsg":"wrong: s/gned-hidden, s%2Fgned-hidden, s%2fgned-hidden"}"#, .apiError),
        (200, #"{"access_token":"one","expires_in":0}"#, .protocolError),
    ])
    func neverRepeatsTheURL(status: Int, body: String, kind: APIFailure.Kind) async {
        let body = body.replacing("ADDRESS", with: Self.address)
        let failure = failure(await fetch(url(ScriptedTransport { _ in .json(body, status: status) })))
        #expect(failure?.kind == kind)
        #expect(
            failure?.message.hasPrefix("the token service of account wx1: ")
                == (failure?.message.contains("expired") == false))
        #expect(failure?.message.contains("hidden") == false, "\(failure?.message ?? "")")
    }

    /// The other service replaces the token; the refusal is the reason to look.
    @Test func isReadAgainWhenItIsRefused() async throws {
        let text = Mutex("one")
        let recorder = EventRecorder()
        let provider = TokenProvider(
            appID: "wx1", fetcher: file { text.withLock { $0 } }, clock: clock,
            random: LoopRandom(FixedGenerator.zero),
            events: { recorder.record($0) }, becameUsable: {})
        provider.start()
        await runUntilIdle()
        for _ in 0..<10 {
            clock.advance(by: .seconds(60))
            await runUntilIdle()
        }
        // Looking is no event.
        #expect(recorder.events.count == 1)
        text.withLock { $0 = "two" }
        provider.refused(AccessToken("one"), errcode: 40001)
        await runUntilIdle()
        #expect(try await provider.token(under: Interruption()) == AccessToken("two"))
        text.withLock { $0 = "three" }
        clock.advance(by: .seconds(60))
        await runUntilIdle()
        #expect(try await provider.token(under: Interruption()) == AccessToken("three"))
    }

    private static let address =
        "https://us3r-hidden:p4ss-hidden@tokens.example/p4th-hidden/wx1?key=k3y-hidden&sign=s%2Fgned-hidden&x=1"

    private func fetched(_ token: String, _ rest: Int, again: Int) -> FetchedToken {
        FetchedToken(token: AccessToken(token), lifetime: .seconds(rest), refreshAfter: .seconds(again))
    }

    private func file(_ text: @escaping SecretReader) -> ExternalTokenFetcher {
        let watched = WatchedSecret("the token of account wx1", limit: .seconds(10), clock: clock, text)
        return ExternalTokenFetcher(account: "wx1", text: watched, clock: clock)
    }

    private func url(_ transport: ScriptedTransport) -> ExternalURLTokenFetcher {
        let calls = TokenCalls(
            baseURL: "", timeout: .seconds(10), limit: CallLimit(1), transport: transport,
            judge: AnswerJudge(clock: clock))
        return ExternalURLTokenFetcher(account: "wx1", url: Self.address, calls: calls, clock: clock)
    }

    private func fetch(_ fetcher: any TokenFetcher) async -> Result<FetchedToken, APIError> {
        do throws(APIError) {
            return .success(try await fetcher.fetch(insteadOf: nil, under: Interruption()))
        } catch { return .failure(error) }
    }

    private func failure(_ outcome: Result<FetchedToken, APIError>) -> APIFailure? {
        guard case .failure(.failed(let failure)) = outcome else { return nil }
        return failure
    }
}
