internal import EventLoop

/// The access token of an account that has authorised a component.
///
/// A fetch goes in steps. Each reads the account's record anew, while no other process changes it, and leaves there what
/// it brought before anybody uses it:
/// 1. a token that another instance left is used without a call;
/// 2. an authorisation code is exchanged; one that is refused is dropped;
/// 3. the refresh token is used, and replaced by the one that comes back;
/// 4. is it refused, or missing, the record may hold a newer one by now: step 3 again;
/// 5. if not, WeChat's list of authorisers may: it is stored, and step 3 again;
/// 6. if not, only the merchant can help.
@EventLoopActor
final class AuthorizerTokenFetcher: TokenFetcher {
    private let account: String
    private let component: Component
    private let records: SharedRecords
    private let clock: any LoopClock
    /// When WeChat's list last knew nothing new. It is long, and WeChat counts the calls.
    private var vainListing: MonotonicTime?

    private static let listingInterval = Duration.seconds(600)
    /// More than one fetch can need, unless the record changes under it all the time.
    private static let stepsMax = 8

    init(account: String, component: Component, records: SharedRecords, clock: any LoopClock) {
        self.account = account
        self.component = component
        self.records = records
        self.clock = clock
    }

    var isElsewhere: Bool { records.isChangedElsewhere }

    /// What one fetch has found out.
    private final class Attempt {
        let last: AccessToken?
        let interruption: Interruption
        var issued: FetchedToken?
        var refused: Set<String> = []
        var refusal: APIFailure?
        var hasListed = false
        /// A step was made here: what the record holds is no news.
        var isOurs = false

        init(insteadOf last: AccessToken?, under interruption: Interruption) {
            self.last = last
            self.interruption = interruption
        }
    }

    func fetch(insteadOf last: AccessToken?, under interruption: Interruption) async throws(APIError) -> FetchedToken {
        let attempt = Attempt(insteadOf: last, under: interruption)
        for _ in 0..<Self.stepsMax {
            let record = try await records.update(
                .account(account),
                unless: { record throws(APIError) in try isEnough(record, insteadOf: last) }
            ) { record throws(APIError) in
                attempt.isOurs = true
                return try await step(record, attempt)
            }
            if let issued = attempt.issued { return issued }
            if let issued = try found(in: record, attempt) { return issued }
        }
        throw .failed(.store(.busy("the record of account \(account) changes all the time")))
    }

    /// Whether the record has a token that can be used without a call.
    /// - Throws: if no call can help.
    private func isEnough(_ record: CredentialRecord, insteadOf last: AccessToken?) throws(APIError) -> Bool {
        try check(record)
        return record.authorizationCode == nil
            && records.good(record.token, insteadOf: last, reserve: TokenRefreshPolicy.authorizer.reserve) != nil
    }

    /// What was there, or what another instance has just fetched, which need not last for long.
    private func found(in record: CredentialRecord, _ attempt: Attempt) throws(APIError) -> FetchedToken? {
        try check(record)
        guard !attempt.isOurs, record.authorizationCode == nil else { return nil }
        return records.good(record.token, insteadOf: attempt.last, reserve: .zero)
    }

    private func check(_ record: CredentialRecord) throws(APIError) {
        if record.isUnauthorized { throw .failed(.unauthorized(account)) }
        if let owner = record.component, owner.lowercased() != component.appID.lowercased() {
            throw .failed(
                .credentials(
                    "account \(account) is configured with component \(component.appID), but has authorised \(owner)"))
        }
    }

    /// - Returns: the record to be stored.
    private func step(_ record: CredentialRecord, _ attempt: Attempt) async throws(APIError) -> CredentialRecord? {
        if let code = record.authorizationCode { return try await exchange(code, record, attempt) }
        if let refreshToken = record.refreshToken, !refreshToken.isEmpty, !attempt.refused.contains(refreshToken) {
            return try await refresh(refreshToken, record, attempt)
        }
        return try await recover(record, attempt)
    }

    private func exchange(
        _ code: String, _ record: CredentialRecord, _ attempt: Attempt
    ) async throws(APIError) -> CredentialRecord? {
        var record = record
        let asked = clock.wallTime
        do {
            let authorization = try await component.exchange(
                code, of: account, ownedBy: records, under: attempt.interruption)
            keep(authorization, in: &record, askedAt: asked, attempt)
        } catch {
            let codes = [WeChatErrorCode.authorizationCodeInvalid, WeChatErrorCode.authorizationCodeExpired]
            guard case .failed(let failure) = error, let errcode = failure.errcode, codes.contains(errcode) else {
                throw error
            }
            attempt.refusal = failure
        }
        record.authorizationCode = nil
        return record
    }

    private func refresh(
        _ refreshToken: String, _ record: CredentialRecord, _ attempt: Attempt
    ) async throws(APIError) -> CredentialRecord? {
        var record = record
        let asked = clock.wallTime
        do {
            let authorization = try await component.refresh(
                refreshToken, of: account, ownedBy: records, under: attempt.interruption)
            keep(authorization, in: &record, askedAt: asked, attempt)
            return record
        } catch {
            guard case .failed(let failure) = error, failure.errcode == WeChatErrorCode.refreshTokenInvalid else {
                throw error
            }
            attempt.refused.insert(refreshToken)
            attempt.refusal = failure
            return nil
        }
    }

    private func recover(
        _ record: CredentialRecord, _ attempt: Attempt
    ) async throws(APIError) -> CredentialRecord? {
        let isPaced = vainListing.map { clock.now - $0 < Self.listingInterval } ?? false
        if !isPaced, !attempt.hasListed {
            attempt.hasListed = true
            let entry = try await component.authorizer(account, notOlderThan: .zero, under: attempt.interruption)
            if let listed = entry?.refreshToken, !attempt.refused.contains(listed) {
                var record = record
                record.refreshToken = listed
                record.component = component.appID
                return record
            }
        }
        if !isPaced { vainListing = clock.now }
        let reason = attempt.refusal.map { "WeChat refuses what it was authorised with (\($0.message))" }
        throw .failed(
            .reauthorize(
                account, reason ?? "neither the credential store nor WeChat has a refresh token",
                errcode: attempt.refusal?.errcode))
    }

    private func keep(
        _ authorization: Authorization, in record: inout CredentialRecord, askedAt asked: WallTime, _ attempt: Attempt
    ) {
        record.keep(authorization.token, askedAt: asked)
        if let refreshToken = authorization.refreshToken { record.refreshToken = refreshToken }
        record.component = component.appID
        attempt.issued = authorization.token
        vainListing = nil
    }
}
