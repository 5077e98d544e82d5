import EventLoop
import Synchronization
import TestSupport

@testable import WeChat

/// A `WeChatClient` before a WeChat whose answers to business calls are the test's own. Retries come without delay.
@EventLoopActor
struct WeChatClientFixture {
    let api: StubAPI
    let weChat: StubWeChat
    let client: WeChatClient
    let recorder = EventRecorder()

    /// - Parameter respond: to the business calls with a token that is accepted, counted from 1.
    init(
        configure: (inout WeChatConfiguration) -> Void = { _ in },
        respond: @escaping @Sendable (StubRequest, Int) -> StubAction
    ) {
        let (weChat, calls) = (StubWeChat(), Counter())
        self.init(weChat, configure: configure) { request in
            if request.isForToken { return weChat.grant() }
            guard weChat.accepts(request) else { return .json(StubText.invalidCredential) }
            return respond(request, calls.next())
        }
    }

    /// - Parameter handler: answers everything, the token calls included.
    init(
        _ weChat: StubWeChat = StubWeChat(), configure: (inout WeChatConfiguration) -> Void = { _ in },
        handler: @escaping @Sendable (StubRequest) -> StubAction
    ) {
        self.weChat = weChat
        api = StubAPI(handler: handler)
        var configuration = WeChatConfiguration(accounts: ["wx1": AccountCredentials { "s3cret-hidden" }])
        configuration.baseURL = api.url
        configure(&configuration)
        client = WeChatClient(
            configuration: configuration, clock: SystemClock.shared, random: FixedGenerator.zero,
            events: { [recorder] in recorder.record($0) })
    }

    func job(under interruption: Interruption = Interruption()) -> CallContext {
        .sample(on: SystemClock.shared, interruption: interruption)
    }

    func start(
        _ context: CallContext, account: String = "wx1"
    ) -> LoopTask<Result<ApplyCodeQueryResult, APIError>> {
        LoopTask { [client] in await client.applyCodeQuery(.sample, account: account, context: context) }
    }

    var tokenCalls: Int { api.requests.filter(\.isForToken).count }
    var businessCalls: Int { api.requests.filter { !$0.isForToken }.count }

    private final class Counter: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }
}

extension Result<ApplyCodeQueryResult, APIError> {
    var failure: APIFailure? {
        guard case .failure(.failed(let failure)) = self else { return nil }
        return failure
    }

    /// What `StubText.finished` says.
    static let finished = Result.success(
        ApplyCodeQueryResult(
            status: "FINISH", codeGenerateList: [ApplyCodeQueryResult.CodeRange(start: 0, end: 49999)]))
}
