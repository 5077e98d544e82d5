internal import EventLoop
internal import HTTP
internal import JSON

/// How the calls are made that bring tokens: few at a time, in places of their own, with a time limit of their own.
@EventLoopActor
struct TokenCalls {
    let baseURL: String
    let timeout: Duration
    let limit: CallLimit
    /// One for all: no account waits for two places at once.
    let line = CallLine()
    let transport: any Transport
    let judge: AnswerJudge

    /// - Parameters:
    ///   - url: with whatever it needs to be accepted.
    ///   - body: nil for a GET.
    ///   - secrets: what the request carries; masked in every message.
    ///   - records: where the answer is kept; the call is not made if it may not be any more.
    ///   - read: takes from the answer what is wanted of it.
    func send<Answer>(
        to url: String, body: [UInt8]?, from endpoint: WeChatErrorCode.Endpoint, secrets: [String],
        ownedBy records: SharedRecords? = nil, under interruption: Interruption,
        read: (JSONValue) throws(UnreadableAnswer) -> Answer
    ) async throws(APIError) -> Answer {
        do { try await limit.acquire(in: line, under: interruption) } catch { throw APIError(error) }
        defer { limit.release(line) }
        // Asked last, since there was time to lose it: for another token, and for a place.
        try records?.checkCall()
        let route = url.hasPrefix(baseURL) ? String(url.dropFirst(baseURL.count).prefix { $0 != "?" }) : ""
        let request = HTTPRequest(
            method: body == nil ? .get : .post, url: url, route: route, body: body ?? [], timeout: timeout)
        let response: HTTPResponse
        do { response = try await transport.send(request, under: interruption) } catch { throw APIError(error) }
        do throws(APIFailure) {
            let answer = try judge.judge(response, from: endpoint, secrets: secrets)
            do throws(UnreadableAnswer) { return try read(answer) } catch {
                throw APIFailure.unreadable(error.problem, httpStatus: response.status)
            }
        } catch { throw .failed(error) }
    }
}

extension JSONWriter {
    /// An object of strings, as the token endpoints take them.
    static func object(_ members: KeyValuePairs<StaticString, String>) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in members {
            writer.key(name)
            writer.string(value)
        }
        writer.endObject()
        return writer.bytes
    }
}
