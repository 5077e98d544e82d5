/// Where is kept what must outlive a process or be shared with others: refresh tokens, tickets, tokens.
package struct CredentialsConfiguration: Sendable, Equatable {
    package enum Store: String, CaseIterable, Sendable {
        /// Until the process ends.
        case memory
        /// In files of a directory, which the instances of a host share.
        case file
        /// In a compacted topic, which all instances of a group share.
        case kafka
    }

    package let store: Store
    /// Not nil with `file`.
    package let directory: String?
    /// nil: nothing is taken in.
    package let inbox: String?
    /// Not nil with `kafka`.
    package let topic: String?
    /// Not nil with `kafka`: where the keys are that the topic's secrets are sealed with.
    package let keyFile: String?

    package init(
        store: Store, directory: String? = nil, inbox: String? = nil, topic: String? = nil, keyFile: String? = nil
    ) {
        self.store = store
        self.directory = directory
        self.inbox = inbox
        self.topic = topic
        self.keyFile = keyFile
    }
}

extension CredentialsConfiguration {
    private typealias Keys = ConfigurationKeys

    /// Reads its keys. What is wrong becomes a problem of `values`.
    init(from values: inout ConfigurationValues) {
        store = values.value(of: Keys.credentialsStore)
        directory = values.value(of: Keys.credentialsDirectory)
        let inbox = values.value(of: Keys.credentialsInbox)
        let isInboxUnset = values.entries[Keys.credentialsInbox.name] == nil
        self.inbox = inbox ?? (isInboxUnset && store == .file ? directory.map { $0 + "/inbox" } : nil)
        let topic = values.value(of: Keys.credentialsTopic)
        let group = values.value(of: Keys.groupID)
        self.topic = store == .kafka ? topic ?? group + "-credentials" : topic
        keyFile = values.value(of: Keys.credentialsKeyFile)
        check(&values)
        if store == .kafka { checkKeys(&values) }
    }

    private func check(_ values: inout ConfigurationValues) {
        if store == .file, directory == nil {
            values.problem(
                Keys.credentialsDirectory.name,
                "is not set, but credentials.store=file needs it; give the path of a directory that only the worker's "
                    + "user may write to")
        }
        if store != .file, directory != nil {
            values.problem(
                Keys.credentialsDirectory.name,
                "is set, but credentials.store=\(store.rawValue) keeps nothing there; set credentials.store=file, or take "
                    + "it away")
        }
        if store == .kafka, inbox != nil {
            values.problem(
                Keys.credentialsInbox.name,
                "is set, but credentials.store=kafka takes nothing in there: publish events to credentials.topic, or take "
                    + "it away")
        }
        let ofKafka = [(Keys.credentialsTopic.name, topic), (Keys.credentialsKeyFile.name, keyFile)]
        for (name, value) in ofKafka where store != .kafka && value != nil {
            values.problem(
                name,
                "is set, but credentials.store=\(store.rawValue) has no use for it; set credentials.store=kafka, or "
                    + "take it away")
        }
        if let directory, let inbox, Self.plain(directory) == Self.plain(inbox) {
            values.problem(
                Keys.credentialsInbox.name,
                "should differ from credentials.directory, but both are \"\(inbox)\": records would be read as events")
        }
    }

    private func checkKeys(_ values: inout ConfigurationValues) {
        let name = Keys.credentialsKeyFile.name
        guard let keyFile else {
            return values.problem(
                name,
                "is not set, but credentials.store=kafka needs it; give the path of a file of keys, which `query-worker "
                    + "credentials key` makes")
        }
        do { _ = try CredentialKeyFile.keys(in: keyFile, readFile: values.read) } catch {
            values.problem(name, "\(error)")
        }
    }

    private static func plain(_ path: String) -> Substring {
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
