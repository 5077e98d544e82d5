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

        query-worker COMMAND --help explains a command. To see it work: query-worker demo
        """

    static func run(arguments: [String], environment: [String: String]) -> Int32 {
        guard let command = arguments.first else {
            Console.printError(help)
            return ExitCode.usage
        }
        let rest = Array(arguments.dropFirst())
        switch command {
        case "run": return RunCommand.run(arguments: rest, environment: environment)
        case "check": return CheckCommand.run(arguments: rest, environment: environment)
        case "submit": return SubmitCommand.run(arguments: rest, environment: environment)
        case "config": return ConfigCommand.run(arguments: rest, environment: environment)
        case "credentials": return CredentialsCommand.run(arguments: rest, environment: environment)
        case "replay": return ReplayCommand.run(arguments: rest, environment: environment)
        case "demo": return DemoCommand.run(arguments: rest)
        case "simulate": return SimulateCommand.run(arguments: rest)
        case "help", "--help", "-h":
            Console.printLine(help)
            return 0
        default:
            Console.printError("query-worker: there is no command \"\(command)\"; query-worker --help lists them")
            return ExitCode.usage
        }
    }
}
