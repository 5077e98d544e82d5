internal import EventLoop

/// At most so many at a time. Of those that wait, the line with the fewest calls under way goes first; lines with equally
/// many take turns. Within a line, who comes first.
///
/// A line that is limited has no more than its part of the places. Otherwise a slow one would take another in every moment
/// in which no other line waits, and keep it for long.
@EventLoopActor
final class CallLimit {
    private let places: Int
    private var free: Int
    private var activity = Activity()
    /// Those in which somebody waits.
    private var waiting: [CallLine] = []
    /// While true no place is given away; who has one keeps it.
    var isHeld = false {
        didSet { giveAway() }
    }

    /// How many lines have had calls of late: among so many calls before the last so many.
    private struct Activity {
        var period = 0
        var calls = 0
        var linesSoFar = 0
        var lines = 1

        @EventLoopActor mutating func callBegan(in line: CallLine, periodLength: Int) {
            if line.period != period {
                line.period = period
                linesSoFar += 1
            }
            calls += 1
            guard calls >= periodLength else { return }
            (lines, linesSoFar, calls) = (linesSoFar, 0, 0)
            period += 1
        }
    }

    var inFlight: Int { places - free }

    var waitingCount: Int { waiting.reduce(0) { $0 + $1.queue.count } }

    nonisolated init(_ places: Int) {
        self.places = places
        free = places
    }

    /// - Returns: false if the call would have to wait; true is followed by one `release(line)`.
    func acquireAtOnce(in line: CallLine) -> Bool {
        guard free > 0, !isHeld, !line.hasWaiting, mayTakePlace(line) else { return false }
        take(line)
        return true
    }

    private func mayTakePlace(_ line: CallLine) -> Bool {
        !line.isLimited || line.underWay < max(1, places / max(1, activity.lines))
    }

    private func take(_ line: CallLine) {
        free -= 1
        line.underWay += 1
        activity.callBegan(in: line, periodLength: places * 4)
    }

    /// Every return is followed by one `release(line)`.
    func acquire(in line: CallLine, under interruption: Interruption) async throws(Interrupted) {
        if acquireAtOnce(in: line) { return }
        let entry = WaitEntry<Void>()
        if !line.hasWaiting { waiting.append(line) }
        line.queue.append(entry)
        do { try await entry.waiter.wait(.waits, under: interruption) } catch {
            // Interrupted, then given a place in the same turn: it goes to the next one.
            if entry.grant != nil { release(line) } else { leave(entry, line) }
            throw error
        }
    }

    func release(_ line: CallLine) {
        free += 1
        line.underWay -= 1
        giveAway()
    }

    private func giveAway() {
        while free > 0, !isHeld, let index = nextLine {
            // To the end: of lines with equally many, each has its turn.
            let line = waiting.remove(at: index)
            guard let entry = line.queue.takeFirst() else { continue }
            take(line)
            if line.hasWaiting { waiting.append(line) }
            entry.grant = ()
            entry.waiter.resume()
        }
    }

    private var nextLine: Int? {
        waiting.indices.lazy.filter { self.mayTakePlace(self.waiting[$0]) }
            .min { self.waiting[$0].underWay < self.waiting[$1].underWay }
    }

    private func leave(_ entry: WaitEntry<Void>, _ line: CallLine) {
        line.queue.leave(entry)
        if !line.hasWaiting { waiting.removeAll { $0 === line } }
    }
}

/// The calls of one account, as a `CallLimit` sees them: those under way, and those that wait.
@EventLoopActor
final class CallLine {
    var underWay = 0
    /// The account holds many jobs, and is slow, or may be; see `AccountShare`.
    var isLimited = false
    /// What its calls have taken of late.
    var pace = CallPace()
    fileprivate var period = -1
    fileprivate var queue = WaitLine<Void>()

    nonisolated init() {}

    var hasWaiting: Bool { !queue.isEmpty }
}

/// Calls, and the time that they took together.
struct CallPace: Equatable {
    var calls = 0
    var time = Duration.zero

    mutating func callEnded(after time: Duration) {
        calls += 1
        self.time += time
    }

    /// Lets what is long ago count for less.
    mutating func age() {
        let kept = min(calls - calls / 8, 64)
        if calls > 0 { time = time / calls * kept }
        calls = kept
    }
}
