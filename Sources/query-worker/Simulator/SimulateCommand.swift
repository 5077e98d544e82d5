internal import Glibc

/// `query-worker simulate`: runs a simulated WeChat until SIGTERM or SIGINT.
enum SimulateCommand {
    /// Blocks until a signal comes.
    /// - Returns: the exit code.
    static func run(arguments: [String]) -> Int32 {
        let options: SimulatorOptions
        do throws(SimulatorOptions.InvalidArgument) {
            options = try SimulatorOptions(arguments: arguments)
        } catch {
            Console.printError("query-worker simulate: \(error)\nquery-worker simulate --help explains every flag.")
            return ExitCode.usage
        }

        // Blocked since the process started, so that only sigwait takes them.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)

        do {
            let simulator = try Simulator(options: options)
            Console.printLine("simulator listening on \(simulator.baseURL)")
            var signal: Int32 = 0
            sigwait(&signals, &signal)
            simulator.stop()
            Console.printLine(simulator.statsJSON())
            return 0
        } catch {
            Console.printError("query-worker simulate: \(error)")
            return ExitCode.configuration
        }
    }
}
