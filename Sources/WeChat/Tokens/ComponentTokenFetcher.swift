internal import EventLoop
internal import JSON

/// `api_component_token`: a component's access token, for its secret and the ticket that WeChat pushes every 10 minutes
/// to the platform's event receiver, which passes it on to the credential store. The token lies in the component's
/// record there, one for all instances.
@EventLoopActor
struct ComponentTokenFetcher: TokenFetcher {
    private let component: String
    private let appSecret: WatchedSecret
    private let calls: TokenCalls
    private let records: SharedRecords

    var secret: WatchedSecret? { appSecret }

    init(component: String, secret: WatchedSecret, calls: TokenCalls, records: SharedRecords) {
        self.component = component
        appSecret = secret
        self.calls = calls
        self.records = records
    }

    var isElsewhere: Bool { records.isChangedElsewhere }

    func fetch(insteadOf last: AccessToken?, under interruption: Interruption) async throws(APIError) -> FetchedToken {
        try await records.token(
            of: .component(component), insteadOf: last, reserve: TokenRefreshPolicy.component.reserve
        ) { record throws(APIError) in
            guard let ticket = record.ticket, !ticket.isEmpty else { throw .failed(noTicket) }
            return try await call(ticket: ticket, under: interruption)
        }
    }

    private func call(ticket: String, under interruption: Interruption) async throws(APIError) -> FetchedToken {
        let secret = try await appSecret.read(under: interruption)
        let body = JSONWriter.object([
            "component_appid": component, "component_appsecret": secret, "component_verify_ticket": ticket,
        ])
        do {
            return try await calls.send(
                to: calls.baseURL + "/cgi-bin/component/api_component_token", body: body, from: .componentToken,
                secrets: [secret, ticket], ownedBy: records, under: interruption
            ) { answer throws(UnreadableAnswer) in try FetchedToken(answer, "component_access_token") }
        } catch {
            guard case .failed(let failure) = error else { throw error }
            throw .failed(failure.about("component \(component)", adding: explanation(of: failure)))
        }
    }

    private var noTicket: APIFailure {
        .credentials(
            "component \(component): no ticket has come yet; WeChat pushes one every 10 minutes to the platform's event "
                + "receiver, which must pass it on to this worker")
    }

    private func explanation(of failure: APIFailure) -> String? {
        switch failure.errcode {
        case WeChatErrorCode.ticketExpired, WeChatErrorCode.ticketInvalid:
            "the platform's event receiver no longer passes on the tickets that WeChat pushes; the next one mends this"
        default: nil
        }
    }
}
