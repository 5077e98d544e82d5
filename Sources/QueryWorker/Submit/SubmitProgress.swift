internal import EventLoop

/// How far a submission is: one line that a terminal shows anew and anew.
package struct SubmitProgress: Hashable, Sendable {
    package let published: Int
    /// Have what they wait for: replies, or the brokers' word.
    package let done: Int
    package let failed: Int
    /// nil where nobody knows how many jobs there will be.
    package let total: Int?
    package let elapsed: Duration
    /// Whether replies are waited for.
    package let waits: Bool

    package init(published: Int, done: Int, failed: Int, total: Int?, elapsed: Duration, waits: Bool) {
        self.published = published
        self.done = done
        self.failed = failed
        self.total = total
        self.elapsed = elapsed
        self.waits = waits
    }

    package var text: String {
        let rate = Double(done) / max(elapsed.inSeconds, 0.001)
        let goal = total.map { " of \($0)" } ?? ""
        var text = "\(published)\(goal) published, \(done) \(waits ? "replied" : "acknowledged"), \(failed) failed"
        text += ", \(published - done) waiting, \(Int(rate.rounded()))/s"
        if let total, done > 0, total > done { text += ", \(Self.short(Double(total - done) / rate)) left" }
        return text
    }

    private static func short(_ seconds: Double) -> String {
        let seconds = Int(seconds.rounded(.up))
        if seconds < 90 { return "\(seconds) s" }
        return seconds < 5400 ? "\((seconds + 59) / 60) min" : "\((seconds + 3599) / 3600) h"
    }
}
