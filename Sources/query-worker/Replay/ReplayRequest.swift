internal import EventLoop
internal import QueryWorker

/// The arguments of `query-worker replay`, besides those that say where its configuration is.
struct ReplayRequest {
    var options = ReplayOptions()
    var isJSON = false

    /// - Parameter now: what durations count back from.
    init(arguments: [String], now: WallTime = .current) throws(UsageError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            switch parts[0] {
            case "--dry-run" where parts.count == 1: options.isDryRun = true
            case "--first" where parts.count == 1: options.isFirst = true
            case "--json" where parts.count == 1: isJSON = true
            case "--since", "--until", "--partition", "--error", "--limit":
                guard let value = parts.count == 2 ? parts[1] : rest.popFirst(), !value.isEmpty else {
                    throw UsageError("\(parts[0]) needs a value; --help tells which")
                }
                try set(parts[0], value, now)
            default:
                throw UsageError("\(argument) is no argument of it; --help tells which are")
            }
        }
        if let since = options.filter.since, let until = options.filter.until, since >= until {
            throw UsageError("--since (\(since.rfc3339)) should be before --until (\(until.rfc3339))")
        }
    }

    private mutating func set(_ option: String, _ value: String, _ now: WallTime) throws(UsageError) {
        switch option {
        case "--since": options.filter.since = try time(option, value, now)
        case "--until": options.filter.until = try time(option, value, now)
        case "--partition":
            guard let partition = Int32(value), partition >= 0 else {
                throw UsageError("--partition should be a number from 0, but is \"\(value)\"")
            }
            options.filter.partitions.insert(partition)
        case "--error": options.filter.error = value
        default:
            guard let number = Int(value), number > 0 else {
                throw UsageError("--limit should be a number from 1, but is \"\(value)\"")
            }
            options.limit = number
        }
    }

    private func time(_ option: String, _ value: String, _ now: WallTime) throws(UsageError) -> WallTime {
        if let time = WallTime(rfc3339: value) { return time }
        guard let ago = Duration(argument: value) else {
            throw UsageError(
                "\(option) should be a time such as 2026-11-25T08:00:00Z, or how long ago, such as 30m or 48h, "
                    + "but is \"\(value)\"")
        }
        return WallTime(millisecondsSince1970: now.millisecondsSince1970) + (.zero - ago)
    }
}
