internal import EventLoop

/// How long an account's token is not asked for after it could not be had.
struct TokenBackoff: Equatable, Sendable {
    static let longest = Duration.seconds(60)
    /// Of the account nothing is known then, and its jobs wait for nothing else once WeChat can be reached again.
    static let longestOfAnOutage = Duration.seconds(5)

    /// - Parameters:
    ///   - failures: how many in a row, this one included.
    ///   - fraction: from 0 to 1; the jitter.
    static func delay(after failure: APIFailure, failures: Int, fraction: Double) -> Duration {
        let ceiling = min(.seconds(1) * (1 << min(failures - 1, 10)), failure.isOfTheHost ? longestOfAnOutage : longest)
        let delay = ceiling / 2 + ceiling / 2 * fraction
        return max(delay, floor(for: failure), failure.retryAfter ?? .zero)
    }

    /// What somebody must repair is not worth asking for every second, and WeChat punishes some of it.
    private static func floor(for failure: APIFailure) -> Duration {
        switch (failure.errcode, failure.kind, failure.disposition) {
        case (WeChatErrorCode.addressRefusedForADay, _, _): .seconds(24 * 3600)
        case (WeChatErrorCode.addressRefusedForAnHour, _, _): .seconds(3600)
        case (_, .quotaExhausted, _): .seconds(600)
        case (_, _, .retry), (_, _, .refreshToken): .zero
        default: .seconds(30)
        }
    }
}
