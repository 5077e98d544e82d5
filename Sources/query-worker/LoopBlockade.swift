#if DEBUG
    internal import EventLoop
    internal import Glibc

    /// SIGUSR2 blocks the event loop: for the test of what the admin port says then. Only in debug builds.
    ///
    /// Two variables of the environment, in seconds, shorten that test: `DEBUG_LOOP_BLOCKED_AFTER`, what `StatusBoard` takes for
    /// blocked, and `DEBUG_LOOP_BLOCK`, how long the signal blocks.
    enum LoopBlockade {
        /// Called on the main thread before any other starts.
        static func block() { Signals.block([SIGUSR2]) }

        @EventLoopActor static func watch(_ environment: [String: String]) {
            let seconds = environment["DEBUG_LOOP_BLOCK"].flatMap { UInt32($0) } ?? 15
            Signals.watch([SIGUSR2]) { _ in _ = sleep(seconds) }
        }

        static func limit(_ environment: [String: String]) -> Duration? {
            environment["DEBUG_LOOP_BLOCKED_AFTER"].flatMap { Int($0) }.map { .seconds($0) }
        }
    }
#endif
