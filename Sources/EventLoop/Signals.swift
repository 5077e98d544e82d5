internal import CLinux
internal import Glibc

/// Process signals as events on the loop: nothing of ours ever runs inside a signal handler.
package enum Signals {
    /// Keeps `signals` from ending the process; they wait until they are watched. Called on the main thread before any
    /// other thread starts, since threads inherit it.
    package static func block(_ signals: [Int32]) {
        var set = mask(of: signals)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Calls `handler` on the loop for each of `signals` that arrives, blocked ones that arrived before included.
    @EventLoopActor package static func watch(_ signals: [Int32], handler: @escaping @EventLoopActor (Int32) -> Void) {
        var set = mask(of: signals)
        let descriptor = signalfd(-1, &set, LINUX_SFD_NONBLOCK | LINUX_SFD_CLOEXEC)
        precondition(descriptor >= 0, "no file descriptor left for signals")
        EventLoop.shared.register(descriptor, for: .read) { _ in
            var information = signalfd_siginfo()
            let size = MemoryLayout<signalfd_siginfo>.size
            while read(descriptor, &information, size) == size { handler(Int32(information.ssi_signo)) }
        }
    }

    private static func mask(of signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }
}
