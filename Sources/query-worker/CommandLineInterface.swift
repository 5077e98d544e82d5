internal import QueryWorker

/// `query-worker COMMAND …`: finds the command. Exit codes are those of sysexits.h: 64 usage, 70 fatal, 77 permission,
/// 78 configuration.
enum CommandLineInterface {
    static let help = """
        Usage: query-worker COMMAND [ARGUMENT]...

        Reads query jobs from a Kafka topic, asks WeChat's applycodequery for each, and publishes one JSON reply per job
        to a reply topic, exactly once.

          run           works until it is stopped by SIGTERM or SIGINT
          check         looks whether all is there that run needs: brokers, topics, permissions, tokens
          submit        publishes jobs, waits for their replies, prints them
          config        prints every configuration key, its value, and where that came from
          credentials   puts in a third-party platform's tickets and authorisations, lists them, removes them
          replay        brings dead letters back to the job topic, each once
          demo          shows jobs going in and replies coming out; needs no Kafka and no WeChat
          simulate      serves a simulated WeChat, with faults on request
          bench         measures the worker here: jobs per second, CPU time, memory, latencies

        query-worker COMMAND --help explains a command. To see it work: query-worker demo
        """

    /// What a command teaches, and what it does with the arguments behind its name and the environment: it returns the exit
    /// code.
    private typealias Command = (help: String, run: ([String], [String: String]) -> Int32)

    static func run(arguments: [String], environment: [String: String]) -> Int32 {
        guard let name = arguments.first else {
            Console.printError(help)
            return ExitCode.usage
        }
        let rest = Array(arguments.dropFirst())
        guard let command = command(name) else {
            guard ["help", "--help", "-h"].contains(name) else {
                Console.printError("query-worker: there is no command \"\(name)\"; query-worker --help lists them")
                return ExitCode.usage
            }
            Console.printLine(help)
            return 0
        }
        if rest.contains("--help") || rest.contains("-h") {
            Console.printLine(command.help)
            return 0
        }
        return command.run(rest, environment)
    }

    private static func command(_ name: String) -> Command? {
        switch name {
        case "run": (RunCommand.help, RunCommand.run)
        case "check": (CheckCommand.help, CheckCommand.run)
        case "submit": (SubmitCommand.help, SubmitCommand.run)
        case "config": (ConfigCommand.help, ConfigCommand.run)
        case "credentials": (CredentialsCommand.help, CredentialsCommand.run)
        case "replay": (ReplayCommand.help, ReplayCommand.run)
        case "demo": (DemoCommand.help, { arguments, _ in DemoCommand.run(arguments: arguments) })
        case "bench": (BenchCommand.help, BenchCommand.run)
        case "simulate": (SimulateCommand.help, { arguments, _ in SimulateCommand.run(arguments: arguments) })
        default: nil
        }
    }
}
