import EventLoop

@testable import WeChat

/// The rest of a chain: ends the calls that reach it as its script says, and keeps how they came.
@EventLoopActor
final class ScriptedHandler: CallHandler {
    struct Arrival: Equatable {
        var token: AccessToken?
        var isRepetition = false
    }

    private(set) var arrivals: [Arrival] = []
    private var script: [Result<APIAnswer, APIError>]

    /// - Parameter script: one outcome per call; the last one again for all further calls.
    init(_ script: Result<APIAnswer, APIError>...) { self.script = script }

    func handle(_ call: APICall) async throws(APIError) -> APIAnswer {
        arrivals.append(Arrival(token: call.token, isRepetition: call.isRepetition))
        return try (script.count > 1 ? script.removeFirst() : script[0]).get()
    }
}

extension Result<APIAnswer, APIError> {
    static let finished = Result.success(APIAnswer.finished)

    static func failed(_ failure: APIFailure) -> Result { .failure(.failed(failure)) }
}

extension CallHandler {
    func outcome(of call: APICall) async -> Result<APIAnswer, APIError> {
        do throws(APIError) { return .success(try await handle(call)) } catch { return .failure(error) }
    }
}
