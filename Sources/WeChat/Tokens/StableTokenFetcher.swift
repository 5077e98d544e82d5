internal import EventLoop
internal import HTTP
internal import JSON

/// `/cgi-bin/stable_token` in its normal mode: hands the same token to everybody who asks, until 5 minutes before its
/// end. `force_refresh` is never used: it is scarce, and takes the token away from everybody else.
@EventLoopActor
struct StableTokenFetcher: TokenFetcher {
    let account: String
    let credentials: AccountCredentials
    let baseURL: String
    let timeout: Duration
    let limit: CallLimit
    let line = CallLine()
    let transport: any Transport
    let judge: AnswerJudge

    func fetch(under interruption: Interruption) async throws(APIError) -> FetchedToken {
        let secret = try readSecret()
        do { try await limit.acquire(in: line, under: interruption) } catch { throw APIError(error) }
        defer { limit.release(line) }
        let request = HTTPRequest(
            method: .post, url: baseURL + "/cgi-bin/stable_token", body: body(secret: secret), timeout: timeout)
        let response: HTTPResponse
        do { response = try await transport.send(request, under: interruption) } catch { throw APIError(error) }
        do { return try token(in: response, secret: secret) } catch { throw .failed(error) }
    }

    private func readSecret() throws(APIError) -> String {
        do { return try credentials.secret() } catch {
            let message = Redaction.text("the secret of account \(account) cannot be read: \(error)")
            throw .failed(
                APIFailure(kind: .credentials, message: message, retryable: true, disposition: .holdAccount))
        }
    }

    private func body(secret: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("grant_type")
        writer.string("client_credential")
        writer.key("appid")
        writer.string(account)
        writer.key("secret")
        writer.string(secret)
        writer.endObject()
        return writer.bytes
    }

    private func token(in response: HTTPResponse, secret: String) throws(APIFailure) -> FetchedToken {
        let answer = try judge.judge(response, from: .token, secrets: [secret])
        do throws(UnreadableAnswer) {
            guard let token = try answer.text("access_token"), !token.isEmpty else {
                throw UnreadableAnswer("access_token: missing or empty")
            }
            guard let seconds = try answer.unsigned("expires_in"), seconds > 0, seconds < 1 << 31 else {
                throw UnreadableAnswer("expires_in: a number of seconds above 0 was expected")
            }
            return FetchedToken(token: AccessToken(token), lifetime: .seconds(Int64(seconds)))
        } catch { throw .unreadable(error.problem, httpStatus: response.status) }
    }
}
