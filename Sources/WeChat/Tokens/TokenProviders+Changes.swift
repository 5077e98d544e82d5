internal import EventLoop

/// What other hands have changed in the credential store: other instances, the event receiver, an operator.
extension TokenProviders {
    func recordsChanged(_ names: Set<CredentialName>) {
        authorized.namesChanged(names)
        EventLoopActor.startTask { [self] in
            for name in names { await recordChanged(name) }
        }
    }

    /// Codes that came while no instance ran: they expire if they are not exchanged soon.
    func exchangeWaitingCodes() async {
        for case .account(let account) in records.names {
            guard let record = try? await records.read(.account(account)), record.authorizationCode != nil else {
                continue
            }
            await accountChanged(account, record)
        }
    }

    /// Another instance wants another token of that account or component than the record has.
    /// - Returns: why none is fetched.
    func wanted(_ name: CredentialName) async -> APIFailure? {
        do throws(APIError) {
            let record = try await records.read(name)
            return try await provider(of: name, record).wanted(insteadOf: record.token?.value)
        } catch {
            guard case .failed(let failure) = error else { return nil }
            return failure
        }
    }

    private func provider(of name: CredentialName, _ record: CredentialRecord) async throws(APIError) -> TokenProvider {
        switch name {
        case .component(let appID):
            if let component = components[appID.lowercased()] { return component.tokens }
            throw .failed(.credentials("\(name) is not configured in the instance that fetches the tokens"))
        case .account(let account):
            if let known = sharing(account) ?? authorized.authorized(account, by: record.component) { return known }
            return try await authorized.listedProvider(for: account)
        }
    }

    private func recordChanged(_ name: CredentialName) async {
        // A record that can't be read tells nothing; whoever needs it will say why.
        guard let record = try? await records.read(name) else { return }
        switch name {
        case .component(let appID):
            guard let component = components[appID.lowercased()] else { return }
            changed(component.tokens, record)
        case .account(let account): await accountChanged(account, record)
        }
    }

    private func accountChanged(_ account: String, _ record: CredentialRecord) async {
        if let provider = sharing(account) {
            changed(provider, record)
        } else if record.authorizationCode != nil, !record.isUnauthorized {
            authorized.authorized(account, by: record.component)?.fetchNow()
        }
    }

    private func changed(_ provider: TokenProvider, _ record: CredentialRecord) {
        if record.isUnauthorized {
            provider.withdraw(.unauthorized(provider.appID))
        } else if record.authorizationCode != nil {
            provider.fetchNow()
        } else if let found = records.good(record.token, insteadOf: provider.currentToken, reserve: .seconds(30)) {
            provider.takeOver(found)
        } else {
            provider.sourceChanged()
        }
    }
}
