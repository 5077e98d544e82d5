import EventLoop
import Foundation
import Glibc
import QueryWorker

// Before any thread starts: signals are taken by whoever watches for them, and a reader that goes away is an error code.
Signals.block([SIGTERM, SIGINT])
signal(SIGPIPE, SIG_IGN)
let code = CommandLineInterface.run(
    arguments: Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment)
LogThread.standardError.drain(within: .seconds(1))
exit(code)
