import EventLoop
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import WeChat

@Suite @EventLoopActor
struct StableTokenFetcherTests {
    private static let granted = #"{"access_token":"80_one","expires_in":7200}"#
    private let limit = CallLimit(1)

    @Test func asksForTheTokenThatEverybodyGets() async throws {
        let transport = ScriptedTransport { _ in .json(Self.granted) }
        let fetched = FetchedToken(token: AccessToken("80_one"), lifetime: .seconds(7200))
        #expect(await fetch(transport) == .success(fetched))
        let request = try #require(transport.requests.first)
        #expect(request.method == .post)
        #expect(request.url == "https://api.example/cgi-bin/stable_token")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"grant_type":"client_credential","appid":"wx1","secret":"s3cret"}"#)
    }

    /// What is left of the token's life, and never a constant.
    @Test(arguments: [("301", 301), (#""7200""#, 7200), ("1", 1)])
    func readsTheRestOfTheTokensLife(expiresIn: String, seconds: Int) async {
        let transport = ScriptedTransport { _ in .json(#"{"access_token":"t","expires_in":\#(expiresIn)}"#) }
        #expect(
            await fetch(transport) == .success(FetchedToken(token: AccessToken("t"), lifetime: .seconds(seconds))))
    }

    @Test(arguments: [
        "{}", #"{"access_token":"80_one"}"#, #"{"access_token":"","expires_in":7200}"#,
        #"{"access_token":null,"expires_in":7200}"#, #"{"access_token":["80_one"],"expires_in":7200}"#,
        #"{"access_token":"80_one","expires_in":0}"#, #"{"access_token":"80_one","expires_in":-1}"#,
        #"{"access_token":"80_one","expires_in":2147483648}"#, #"{"access_token":"80_one","expires_in":72.5}"#,
        "80_one", "<html>80_one</html>",
    ])
    func takesNoTokenFromAnAnswerThatMakesNoSense(body: String) async {
        let failure = failure(await fetch(ScriptedTransport { _ in .json(body) }))
        #expect(failure?.kind == .protocolError)
        #expect(failure?.disposition == .retry)
        #expect(failure?.message.contains("80_one") == false)
    }

    @Test(arguments: [
        (40001, APIFailure.Kind.credentials), (40013, .credentials), (40125, .credentials), (40164, .credentials),
        (40243, .credentials), (89503, .credentials), (48001, .permission), (45009, .quotaExhausted), (-1, .busy),
    ])
    func saysWhyThereIsNone(code: Int, kind: APIFailure.Kind) async {
        let transport = ScriptedTransport { _ in
            .json(#"{"errcode":\#(code),"errmsg":"no: s3cret, rid: 6543a2b1-1"}"#)
        }
        let failure = failure(await fetch(transport))
        #expect(failure?.kind == kind)
        #expect(failure?.errcode == code)
        #expect(failure?.message == "no: ***, rid: 6543a2b1-1")
        #expect(failure?.rid == "6543a2b1-1")
    }

    @Test func readsTheSecretAnewForEveryCall() async {
        let secrets = Mutex(["second", "first"])
        let transport = ScriptedTransport { _ in .json(Self.granted) }
        for _ in 1...2 { _ = await fetch(transport, { secrets.withLock { $0.removeLast() } }) }
        let bodies = transport.requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies[0].contains(#""secret":"first""#))
        #expect(bodies[1].contains(#""secret":"second""#))
    }

    @Test func makesNoCallWithoutASecret() async {
        struct Unreadable: Error, CustomStringConvertible {
            let description = "no such file"
        }
        let transport = ScriptedTransport { _ in .json(Self.granted) }
        let failure = failure(await fetch(transport, { throw Unreadable() }))
        #expect(failure?.kind == .credentials)
        #expect(failure?.disposition == .holdAccount)
        #expect(failure?.message == "the secret of account wx1 cannot be read: no such file")
        #expect(transport.requests.isEmpty)
    }

    @Test func givesItsPlaceBackWhateverHappens() async throws {
        let answers = [#"{"errcode":-1}"#, "<html>", Self.granted]
        for answer in answers { _ = await fetch(ScriptedTransport { _ in .json(answer) }) }
        _ = await fetch(ScriptedTransport { _ throws(HTTPClientFailure) in throw .failed(.couldNotConnect) })
        try await limit.acquire(in: CallLine(), under: Interruption())
        let interruption = Interruption()
        let transport = ScriptedTransport { _ in .json(Self.granted) }
        let waiting = LoopTask { await fetch(transport, under: interruption) }
        await runUntilIdle()
        #expect(transport.requests.isEmpty)
        interruption.interrupt(.everything, cause: .handedOver)
        #expect(try await waiting.outcome() == .failure(.interrupted))
    }

    private func fetch(
        _ transport: ScriptedTransport, _ secret: @escaping SecretReader = { "s3cret" },
        under interruption: Interruption = Interruption()
    ) async -> Result<FetchedToken, APIError> {
        let watched = WatchedSecret(
            "the secret of account wx1", limit: .seconds(10), clock: ManualClock(), secret)
        let fetcher = StableTokenFetcher(
            account: "wx1", secret: watched,
            calls: TokenCalls(
                baseURL: "https://api.example", timeout: .seconds(10), limit: limit, transport: transport,
                judge: AnswerJudge(clock: ManualClock())))
        do throws(APIError) { return .success(try await fetcher.fetch(insteadOf: nil, under: interruption)) } catch {
            return .failure(error)
        }
    }

    private func failure(_ outcome: Result<FetchedToken, APIError>) -> APIFailure? {
        guard case .failure(.failed(let failure)) = outcome else { return nil }
        return failure
    }
}
