import EventLoop
import Foundation
import Glibc

// Before any thread starts: signals are taken by whoever watches for them, and a reader that goes away is an error code.
Signals.block([SIGTERM, SIGINT])
signal(SIGPIPE, SIG_IGN)
exit(
    CommandLineInterface.run(
        arguments: Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment))
