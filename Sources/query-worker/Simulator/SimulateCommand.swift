internal import Glibc

/// `query-worker simulate`: runs a simulated WeChat until SIGTERM or SIGINT.
enum SimulateCommand {
    /// Blocks the calling thread, which must be the process's first and only one. Returns the exit code.
    static func run(arguments: [String]) -> Int32 {
        if arguments.contains("--help") || arguments.contains("-h") {
            print(help)
            return 0
        }
        let options: SimulatorOptions
        do throws(SimulatorOptions.InvalidArgument) {
            options = try SimulatorOptions(arguments: arguments)
        } catch {
            return fail(EX_USAGE, "\(error)\nquery-worker simulate --help explains every flag.")
        }

        // Blocked before any other thread starts and inherits the mask, so that only sigwait takes them.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        do {
            let simulator = try Simulator(options: options)
            printLine("simulator listening on \(simulator.baseURL)")
            var signal: Int32 = 0
            sigwait(&signals, &signal)
            simulator.stop()
            printLine(simulator.statsJSON())
            return 0
        } catch {
            return fail(EX_CONFIG, "\(error)")
        }
    }

    private static func printLine(_ line: String) {
        print(line)
        // Into a pipe, stdout keeps lines back.
        fflush(nil)
    }

    private static func fail(_ code: Int32, _ message: String) -> Int32 {
        let line = Array("query-worker simulate: \(message)\n".utf8)
        write(STDERR_FILENO, line, line.count)
        return code
    }
}
