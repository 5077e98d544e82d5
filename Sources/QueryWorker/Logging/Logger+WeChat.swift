package import WeChat

extension Logger {
    /// Passes on what the client core did.
    package func log(_ event: WeChatEvent) { log(LogLevel(event.severity), event.message, LogMetadata(event.fields)) }

    /// Passes on what came to the store of credentials.
    package func log(_ event: CredentialStoreEvent) {
        log(LogLevel(event.severity), event.message, LogMetadata(event.fields))
    }
}

extension LogLevel {
    fileprivate init(_ severity: WeChatEvent.Severity) {
        switch severity {
        case .debug: self = .debug
        case .info: self = .info
        case .warning: self = .warning
        }
    }
}

extension LogMetadata {
    fileprivate init(_ fields: [(name: StaticString, value: String)]) {
        self = [:]
        for field in fields { append(field.name, .string(field.value)) }
    }
}
