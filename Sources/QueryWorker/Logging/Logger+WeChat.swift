package import WeChat

extension Logger {
    /// Passes on what the client core did.
    package func log(_ event: WeChatEvent) {
        let level: LogLevel =
            switch event.severity {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            }
        log(level, event.message, LogMetadata(event))
    }
}

extension LogMetadata {
    fileprivate init(_ event: WeChatEvent) {
        self = [:]
        for field in event.fields { append(field.name, .string(field.value)) }
    }
}
