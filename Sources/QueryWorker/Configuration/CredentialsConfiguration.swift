/// Where is kept what must outlive a process or be shared with others: refresh tokens, tickets, tokens.
package struct CredentialsConfiguration: Sendable, Equatable {
    package enum Store: String, CaseIterable, Sendable {
        /// Until the process ends.
        case memory
        /// In files of a directory, which the instances of a host share.
        case file
    }

    package let store: Store
    /// Not nil with `file`.
    package let directory: String?
    /// nil: nothing is taken in.
    package let inbox: String?

    package init(store: Store, directory: String?, inbox: String?) {
        self.store = store
        self.directory = directory
        self.inbox = inbox
    }
}

extension CredentialsConfiguration {
    /// Reads its keys. What is wrong becomes a problem of `values`.
    init(from values: inout ConfigurationValues) {
        store = values.value(of: ConfigurationKeys.credentialsStore)
        directory = values.value(of: ConfigurationKeys.credentialsDirectory)
        let inbox = values.value(of: ConfigurationKeys.credentialsInbox)
        let isInboxUnset = values.entries[ConfigurationKeys.credentialsInbox.name] == nil
        self.inbox = inbox ?? (isInboxUnset && store == .file ? directory.map { $0 + "/inbox" } : nil)
        check(&values)
    }

    private func check(_ values: inout ConfigurationValues) {
        let name = ConfigurationKeys.credentialsDirectory.name
        switch store {
        case .file where directory == nil:
            values.problem(
                name,
                "is not set, but credentials.store=file needs it; give the path of a directory that only the worker's "
                    + "user may write to")
        case .memory where directory != nil:
            values.problem(
                name,
                "is set, but credentials.store=memory keeps nothing there; set credentials.store=file, or take it away")
        default: break
        }
        if let directory, let inbox, Self.plain(directory) == Self.plain(inbox) {
            values.problem(
                ConfigurationKeys.credentialsInbox.name,
                "should differ from credentials.directory, but both are \"\(inbox)\": records would be read as events")
        }
    }

    private static func plain(_ path: String) -> Substring {
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
