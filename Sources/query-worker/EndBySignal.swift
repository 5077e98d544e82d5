internal import EventLoop
internal import Glibc

/// What SIGTERM and SIGINT do to the commands that block their thread. Both are blocked in this process, so that only who
/// watches them learns of them.
@EventLoopActor
enum EndBySignal {
    /// For a command that leaves nothing half done wherever it ends.
    static func atOnce() { Signals.watch([SIGTERM, SIGINT]) { _ in _exit(ExitCode.fatal) } }

    /// The first one asks the command to end in order; the second one ends it, and the first one where it has not begun.
    static func inOrder(_ stop: StopFlag) {
        Signals.watch([SIGTERM, SIGINT]) { signal in
            if !stop.request(signal) { _exit(128 + signal) }
        }
    }
}
