internal import EventLoop
internal import Glibc
internal import QueryWorker

/// `query-worker check`: whether `run` would find all that it needs, told before it is started.
enum CheckCommand {
    static let help = """
        Usage: query-worker check [--config FILE]... [--set KEY=VALUE]... [--json]

        Looks at all that query-worker run depends on, and prints a line for each finding: the configuration, the
        brokers, every topic, permission to read jobs, what the consumer group has committed and how far it is behind,
        transactions, permission to write replies and dead letters, and each account's access token.

        It takes no job, joins no group, commits nothing, and publishes nothing that a reader could see; workers that run
        meanwhile are not disturbed. Everything is looked at, even if something fails. A token is fetched as run fetches
        it: WeChat hands out the one that is valid.

          --config FILE     reads KEY=VALUE lines; # begins a comment line
          --set KEY=VALUE   sets one key
          --json            prints one JSON object: findings, their numbers, exit_code
          --help            prints this

        A line begins with ok, warning (works, but read it), failed (says what to do about it) or skipped (could not be
        looked at, or need not be). The last line sums up.

        Where the brokers check permissions, this command needs those of run, and Write and Describe on a transactional
        id of its own, <kafka.group.id>-<instance.id>-check; without an instance.id, <kafka.group.id>-check-check.
        What it cannot tell: whether the group may be joined (Read on it), since only joining would.

        Exit codes: 0 nothing failed, 64 wrong arguments, 70 brokers or WeChat can't be reached, or anything else,
        77 credentials or a permission, 78 the configuration or a topic must be changed. With several: 78, then 77.

        Examples:
          query-worker check --config worker.conf
          query-worker check --config worker.conf --json | jq -r '.findings[] | select(.status == "failed") | .remedy'
          query-worker check --config worker.conf && exec query-worker run --config worker.conf
        """

    static func run(arguments: [String], environment: [String: String]) -> Int32 {
        do {
            var others = arguments
            let sources = try ConfigurationArguments.extract(from: &others)
            if let unknown = others.first(where: { $0 != "--json" }) {
                throw UsageError("\(unknown) is no argument of it; --help tells which are")
            }
            EventLoopActor.post { EndBySignal.atOnce() }
            let report = check(sources, environment)
            Console.printLine(others.isEmpty ? report.text : report.json)
            return report.exitCode
        } catch {
            Console.printError("query-worker check: \(error)")
            return ExitCode.usage
        }
    }

    private static func check(_ sources: ConfigurationArguments, _ environment: [String: String]) -> CheckReport {
        let findings = CheckFinding.findings(
            in: Configuration.report(arguments: sources, environment: environment))
        guard let (configuration, _) = try? Configuration.load(arguments: sources, environment: environment) else {
            return CheckReport(findings)
        }
        // WeChat is asked while Kafka is.
        let accounts = Handover<[CheckFinding]>()
        // What it can't be made of is told by the check of Kafka.
        let properties = configuration.credentials.store == .kafka ? try? WorkerKafkaProperties(configuration) : nil
        EventLoopActor.startTask {
            accounts.give(await AccountCheck(configuration: configuration, kafka: properties).run())
        }
        let kafka = KafkaCheck(configuration: configuration) { Console.printError("query-worker check: \($0)") }.run()
        return CheckReport(findings + kafka + accounts.take())
    }
}
