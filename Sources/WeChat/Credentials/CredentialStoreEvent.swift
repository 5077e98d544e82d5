/// What a store did, or could not do, that an operator wants to read about. Carries no secret.
package enum CredentialStoreEvent: Sendable, Equatable {
    /// From the inbox. `hasCounted` is false for one that came too late to change anything.
    case tookIn(kind: String, component: String, account: String?, hasCounted: Bool)
    /// A file of the inbox that is no event was moved to `rejected`, or could not even be moved.
    case rejectedFile(name: String, reason: String)
    /// Left as it is; told once for each state of the file.
    case damagedRecord(file: String, reason: String)
    /// The directory or the inbox can't be looked through. Told once, until it can or the reason changes.
    case watchFailed(reason: String)
    /// A record of the topic that can't be read, and is left as it is. Told once.
    case skippedRecord(position: String, key: String?, reason: String)
    /// This instance is the one that calls WeChat from now on, or no longer.
    case becameRefresher
    case ceasedRefreshing(reason: String)
    /// Workers of another group refresh what is on the same topic.
    case sharesTopic(String, group: String, otherGroup: String)
    /// Brokers do not answer, or refuse; it goes on trying.
    case waitsForBrokers(reason: String)
    /// Other keys are in force: another one seals, or there are others that open.
    case keysRead(ids: String)
}

extension CredentialStoreEvent {
    package var severity: WeChatEvent.Severity {
        switch self {
        case .tookIn, .becameRefresher, .ceasedRefreshing, .keysRead: .info
        case .rejectedFile, .damagedRecord, .watchFailed, .skippedRecord, .waitsForBrokers, .sharesTopic: .warning
        }
    }

    /// The same for every event of its kind.
    package var message: StaticString {
        switch self {
        case .tookIn(_, _, _, hasCounted: true): "credential event taken in"
        case .tookIn: "credential event came too late to count"
        case .rejectedFile: "credential file rejected"
        case .damagedRecord: "credential record damaged"
        case .watchFailed: "credentials could not be watched"
        case .skippedRecord: "credential record skipped"
        case .becameRefresher: "refreshes credentials"
        case .ceasedRefreshing: "refreshes credentials no longer"
        case .sharesTopic: "credentials are refreshed by two groups"
        case .waitsForBrokers: "credentials wait for the brokers"
        case .keysRead: "credential keys read"
        }
    }

    package var fields: [WeChatEvent.Field] {
        switch self {
        case .tookIn(let kind, let component, let account, _):
            if let account {
                [("event", .text(kind)), ("component", .text(component)), ("account", .text(account))]
            } else {
                [("event", .text(kind)), ("component", .text(component))]
            }
        case .rejectedFile(let name, let reason): [("file", .text(name)), ("error", .text(reason))]
        case .damagedRecord(let file, let reason): [("file", .text(file)), ("error", .text(reason))]
        case .watchFailed(let reason), .waitsForBrokers(let reason): [("error", .text(reason))]
        case .skippedRecord(let position, let key, let reason):
            [("record", .text(position))] + (key.map { [("key", .text($0))] } ?? []) + [("error", .text(reason))]
        case .sharesTopic(let topic, let group, let otherGroup):
            [
                ("topic", .text(topic)), ("group", .text(group)), ("other_group", .text(otherGroup)),
                (
                    "error",
                    .text(
                        "neither knows what the other does; give all workers one kafka.group.id, or each group a "
                            + "credentials.topic of its own")
                ),
            ]
        case .becameRefresher: []
        case .ceasedRefreshing(let reason): [("reason", .text(reason))]
        case .keysRead(let ids): [("keys", .text(ids))]
        }
    }
}

extension CredentialStoreEvent {
    package static func tookIn(_ event: CredentialEvent, hasCounted: Bool) -> Self {
        .tookIn(kind: event.kind, component: event.component, account: event.account, hasCounted: hasCounted)
    }
}
