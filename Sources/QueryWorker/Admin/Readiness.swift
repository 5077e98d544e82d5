internal import EventLoop

/// Whether the worker works, and if not, why: judged once a second from what is known then.
///
/// A value that remembers when all was well the last time, since what is lost for a moment only (a rebalance, a broker that
/// restarts, a token that is renewed) makes nobody unready. Not ready before it was ready once: then `starting` says what
/// is waited for.
struct Readiness: Sendable {
    /// The names are part of the contract: probes, metrics and dashboards know them.
    enum Reason: String, CaseIterable, Sendable {
        case starting
        case draining
        case stopped
        case notJoined = "not_joined"
        case noBroker = "no_broker"
        case noAccount = "no_account"
        case partitionSilent = "partition_silent"
        case partitionStuck = "partition_stuck"
        case partitionBraked = "partition_braked"
        case repliesRefused = "replies_refused"
        case notPublishing = "not_publishing"
        case loopBlocked = "loop_blocked"
    }

    struct Finding: Sendable, Equatable {
        let reason: Reason
        let message: String

        init(_ reason: Reason, _ message: String) {
            self.reason = reason
            self.message = message
        }
    }

    struct Signals: Sendable {
        var phase = QueryWorker.Phase.starting
        /// What is done before the subscription.
        var startStep = ""
        /// A member of the group whose assignment has been taken; of no partition, too.
        var isMember = false
        /// When a broker last answered anything.
        var brokerHeardAt: MonotonicTime?
        var isAnyAccountUsable = false
        /// Why none is.
        var accountTrouble = ""
        var silentPartitions: [Int32] = []
        var stuckPartitions: [Int32] = []
        var brakedPartitions: [Int32] = []
        /// Why the worker's own topic takes no replies.
        var refusal: String?
        /// Since when the oldest reply waits for its commit.
        var replyWaitsSince: MonotonicTime?
    }

    private let timeout: Duration
    private var wasReady = false
    private var memberAt = MonotonicTime(nanoseconds: 0)
    private var usableAt = MonotonicTime(nanoseconds: 0)

    /// - Parameter timeout: `readiness.timeout`.
    init(timeout: Duration) { self.timeout = timeout }

    /// - Returns: empty if the worker is ready.
    mutating func judge(_ signals: Signals, at now: MonotonicTime) -> [Finding] {
        if signals.isMember { memberAt = now }
        if signals.isAnyAccountUsable { usableAt = now }
        switch signals.phase {
        case .starting: return [Finding(.starting, signals.startStep)]
        case .draining: return [Finding(.draining, "it finishes what it holds, and ends")]
        case .stopped: return [Finding(.stopped, "it has ended its work")]
        case .running: break
        }
        let heardAt = signals.brokerHeardAt ?? MonotonicTime(nanoseconds: 0)
        if !wasReady {
            let missing = missingAtStart(signals, heardAt, now)
            guard missing.isEmpty else {
                return [Finding(.starting, "waits for " + missing.joined(separator: ", and for "))]
            }
            wasReady = true
        }
        var findings: [Finding] = []
        if now - memberAt > timeout {
            findings.append(Finding(.notJoined, "no member of its group for \(seconds(now - memberAt))"))
        }
        if now - heardAt > timeout {
            findings.append(Finding(.noBroker, "no broker has been heard for \(seconds(now - heardAt))"))
        }
        if now - usableAt > timeout {
            let since = seconds(now - usableAt)
            findings.append(Finding(.noAccount, "no account could be used for \(since): \(signals.accountTrouble)"))
        }
        return findings + ofPartitions(signals) + ofPublishing(signals, now)
    }

    private func missingAtStart(_ signals: Signals, _ heardAt: MonotonicTime, _ now: MonotonicTime) -> [String] {
        var missing: [String] = []
        if now - heardAt > timeout { missing.append("a broker that answers") }
        if !signals.isMember { missing.append("its partitions from the group") }
        if !signals.isAnyAccountUsable { missing.append("an account that can be used (\(signals.accountTrouble))") }
        return missing
    }

    private func ofPartitions(_ signals: Signals) -> [Finding] {
        func finding(_ reason: Reason, _ partitions: [Int32], _ what: String) -> Finding? {
            guard !partitions.isEmpty else { return nil }
            let some = partitions.sorted().prefix(20).map(String.init).joined(separator: " ")
            return Finding(reason, "\(what): \(some)\(partitions.count > 20 ? " and more" : "")")
        }
        return [
            finding(.partitionSilent, signals.silentPartitions, "partitions fetch nothing although they have records"),
            finding(.partitionStuck, signals.stuckPartitions, "partitions have work, and nothing gets done"),
            finding(.partitionBraked, signals.brakedPartitions, "partitions bring dead letters only, and are slowed"),
        ].compactMap { $0 }
    }

    private func ofPublishing(_ signals: Signals, _ now: MonotonicTime) -> [Finding] {
        var findings: [Finding] = []
        if let refusal = signals.refusal { findings.append(Finding(.repliesRefused, refusal)) }
        if let since = signals.replyWaitsSince, now - since > timeout {
            findings.append(Finding(.notPublishing, "a reply has waited for its commit for \(seconds(now - since))"))
        }
        return findings
    }

    private func seconds(_ duration: Duration) -> String { "\(duration.wholeMilliseconds / 1000) s" }
}
