internal import EventLoop
internal import Glibc

/// The `Retry-After` header of answers that are no 200. Real ones have either form (RFC 9110, 10.2.3).
enum SimulatedRetryAfter: Equatable, Sendable {
    /// Whatever it is.
    case text(String)
    /// The date that is so many seconds from now.
    case date(seconds: Int64)

    func value(at wallTime: WallTime) -> String {
        switch self {
        case .text(let text): text
        case .date(let seconds): Self.httpDate(wallTime + .seconds(seconds))
        }
    }

    /// As in `Sun, 06 Nov 1994 08:49:37 GMT`. English, since the process never sets another locale.
    private static func httpDate(_ wallTime: WallTime) -> String {
        var seconds = time_t(wallTime.millisecondsSince1970 / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            strftime(start, buffer.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
            return String(cString: start)
        }
    }
}
