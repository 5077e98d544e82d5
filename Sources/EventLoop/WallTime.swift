internal import Glibc

/// A time of day, in milliseconds since 1970 UTC. Only for what people and other systems read; waiting is measured
/// with `MonotonicTime`.
package struct WallTime: Comparable, Hashable, Sendable {
    package var millisecondsSince1970: Int64

    package init(millisecondsSince1970: Int64) { self.millisecondsSince1970 = millisecondsSince1970 }

    package static var current: WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(millisecondsSince1970: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    package static func < (left: Self, right: Self) -> Bool { left.millisecondsSince1970 < right.millisecondsSince1970 }

    package static func - (later: Self, earlier: Self) -> Duration {
        .milliseconds(later.millisecondsSince1970 - earlier.millisecondsSince1970)
    }

    package static func + (time: Self, duration: Duration) -> Self {
        WallTime(millisecondsSince1970: time.millisecondsSince1970 + duration.wholeMilliseconds)
    }
}
