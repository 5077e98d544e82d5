import EventLoop
import HTTP
import Synchronization
import TestSupport

@testable import WeChat

/// The token providers of a worker, before a WeChat whose answers are the test's own, with component `wxC`.
@EventLoopActor
final class PlatformFixture {
    let clock = ManualClock()
    let store: FakeCredentialStore
    let recorder = EventRecorder()
    /// By the last part of the path. Each is given once, the last one for ever.
    var answers: [String: [String]] = [:]
    /// The last part of each request's path, in order, with what the store held of account `wx1` then.
    private(set) var calls: [String] = []
    private(set) var requests: [HTTPRequest] = []
    private(set) var recordsAtCalls: [CredentialRecord] = []
    /// While not nil, calls wait.
    var gate: Waiter?
    private(set) var providers: TokenProviders!
    private(set) var client: WeChatClient!

    nonisolated static let granted = #"{"component_access_token":"ct-hidden-1","expires_in":7200}"#
    nonisolated static let grantedAgain = #"{"component_access_token":"ct-hidden-2","expires_in":7200}"#
    nonisolated static let authorized = """
        {"authorizer_access_token":"at-hidden-1","expires_in":7200,"authorizer_refresh_token":"rt-hidden-2"}
        """
    nonisolated static let exchanged = #"{"authorization_info":{"authorizer_appid":"wx1",\#(authorized.dropFirst())}"#
    nonisolated static let nobody = #"{"total_count":0,"list":[]}"#

    /// - Parameter configure: begins with account `wx1` of component `wxC`, which has a ticket.
    init(
        store: FakeCredentialStore = FakeCredentialStore(), secret: SecretText = SecretText("s3cret-hidden"),
        configure: (inout WeChatConfiguration) -> Void = { _ in }
    ) {
        self.store = store
        answers = [
            "api_component_token": [Self.granted], "api_authorizer_token": [Self.authorized],
            "api_query_auth": [Self.exchanged], "api_get_authorizer_list": [Self.nobody],
            "applycodequery": [StubText.finished],
        ]
        store.change(.component("wxC")) { $0.ticket = "ticket@@@hidden" }
        var configuration = WeChatConfiguration(accounts: ["wx1": AccountCredentials(.authorizer(component: "WXc"))])
        configuration.components = ["wxC": ComponentCredentials { secret.value.withLock { $0 } }]
        configure(&configuration)
        let transport = ScriptedTransport { [unowned self] request throws(HTTPClientFailure) in
            await self.respond(request)
        }
        let (clock, recorder) = (clock, recorder)
        client = WeChatClient(
            configuration: configuration, store: store, transport: transport, clock: clock,
            random: FixedGenerator.zero, events: { recorder.record($0) })
        providers = client.providers
    }

    private func respond(_ request: HTTPRequest) async -> HTTPResponse {
        let path = request.url.prefix { $0 != "?" }
        let name = String(path.split(separator: "/").last ?? "")
        calls.append(name)
        requests.append(request)
        recordsAtCalls.append(store[.account("wx1")])
        if let gate { try? await gate.wait(.everything, under: nil) }
        let scripted = answers[name] ?? []
        if scripted.count > 1 { answers[name]?.removeFirst() }
        let answer = scripted.first ?? #"{"errcode":43003,"errmsg":"nothing is scripted"}"#
        return .json(answer.replacing("ECHO", with: Self.echo(of: request)))
    }

    /// The body of the last request to `name`.
    func body(of name: String) -> String {
        guard let index = calls.lastIndex(of: name) else { return "" }
        return String(decoding: requests[index].body, as: UTF8.self)
    }

    func count(_ name: String) -> Int { calls.count { $0 == name } }

    func ask(
        _ account: String = "wx1", under interruption: Interruption = Interruption()
    ) -> LoopTask<Result<String, APIError>> {
        LoopTask { [providers, clock] in
            do throws(APIError) {
                guard let providers else { throw .interrupted }
                let context = CallContext.sample(on: clock, interruption: interruption)
                context.begin()
                defer { context.end() }
                var provider = try await providers.provider(for: account)
                if provider == nil {
                    provider = try await providers.authorized.provider(for: account, during: context)
                }
                guard let provider else { throw .interrupted }
                return .success(try await provider.token(under: context.interruption).value)
            } catch { return .failure(error) }
        }
    }

    func token(_ account: String = "wx1") async throws -> String? {
        guard case .success(let token) = try await ask(account).outcome() else { return nil }
        return token
    }

    func failure(_ account: String = "wx1") async throws -> APIFailure? {
        guard case .failure(.failed(let failure)) = try await ask(account).outcome() else { return nil }
        return failure
    }

    /// A refusal whose text repeats all that the request carried.
    nonisolated static func error(_ code: Int) -> String { #"{"errcode":\#(code),"errmsg":"refused ECHO"}"# }

    private static func echo(of request: HTTPRequest) -> String {
        // Without what tells names from values: only who knows the values can mask them.
        let text = request.url.drop { $0 != "?" } + " " + String(decoding: request.body, as: UTF8.self)
        return String(text.map { #"{}":=?,"#.contains($0) ? " " : $0 })
    }

    /// A page of `api_get_authorizer_list`.
    nonisolated static func list(_ entries: KeyValuePairs<String, String>, total: Int? = nil) -> String {
        let list = entries.map { #"{"authorizer_appid":"\#($0.key)","refresh_token":"\#($0.value)","auth_time":1}"# }
        return #"{"total_count":\#(total ?? entries.count),"list":[\#(list.joined(separator: ","))]}"#
    }
}

/// A secret that the test corrects.
final class SecretText: Sendable {
    let value: Mutex<String>

    init(_ text: String) { value = Mutex(text) }
}

extension StoredToken {
    /// A token that lasts for `rest`.
    @EventLoopActor
    static func sample(_ value: String, rest: Duration, on clock: ManualClock) -> StoredToken {
        StoredToken(value: AccessToken(value), expiresAt: clock.wallTime + rest, generation: 1)
    }
}
