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
    fileprivate init(_ fields: [WeChatEvent.Field]) {
        self = [:]
        for field in fields { append(field.name, LogValue(field.value)) }
    }
}

extension LogValue {
    fileprivate init(_ value: EventValue) {
        switch value {
        case .text(let text): self = .string(text)
        case .number(let number): self = .integer(number)
        case .flag(let flag): self = .flag(flag)
        }
    }
}
