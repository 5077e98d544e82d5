internal import Glibc
internal import QueryWorker

/// `query-worker config`: what the worker would run with, and why it would not.
enum ConfigCommand {
    static let help = """
        Usage: query-worker config [--config FILE]... [--set KEY=VALUE]... [--json]

        Prints every key with its effective value, its default, its unit, and where the value came from. Secrets are
        printed as ***. Warnings and problems follow on standard error; with a problem the exit code is 78.

          --config FILE     reads KEY=VALUE lines; # begins a comment line
          --set KEY=VALUE   sets one key
          --json            prints one JSON object: settings, warnings, problems
          --help            prints this

        Settings come from four places, and a later one wins: defaults, files, the environment, --set. A variable's
        name is QUERY_WORKER_ and the key in capitals, with underscores for dots. Every kafka.* key but those that the
        worker keeps to itself goes to librdkafka under its own name. A secret is better kept in a file: KEY.file names
        it, and it is read again whenever the secret is needed.
        Durations are written 250ms, 5s, 2m, 1h; sizes 512KiB, 64MiB or plain bytes.

        A file with all that a worker needs:
          kafka.bootstrap.servers=kafka-1:9092,kafka-2:9092
          account.wx1234567890abcdef.secret.file=/run/secrets/wechat

        The same by the environment:
          QUERY_WORKER_KAFKA_BOOTSTRAP_SERVERS=kafka-1:9092,kafka-2:9092
          QUERY_WORKER_ACCOUNT_WX1234567890ABCDEF_SECRET_FILE=/run/secrets/wechat

        Examples:
          query-worker config --config worker.conf
          query-worker config --config worker.conf --set api.timeout=2s --set log.level=debug
          query-worker config --json | jq '.settings[] | select(.from != "default")'
        """

    /// - Parameter arguments: those behind `config`.
    /// - Returns: the exit code: 0, 64 for arguments that make no sense, 78 for a configuration that does not.
    static func run(arguments: [String], environment: [String: String]) -> Int32 {
        do {
            var others = arguments
            let sources = try ConfigurationArguments.extract(from: &others)
            if let unknown = others.first(where: { $0 != "--json" }) {
                throw UsageError("\(unknown) is no argument of query-worker config; --help tells which are")
            }
            let report = Configuration.report(arguments: sources, environment: environment)
            print(others.isEmpty ? report.table : try report.json(), terminator: "")
            // Before the remarks, wherever the two streams meet.
            fflush(nil)
            if others.isEmpty { complain(report.remarks) }
            return report.problems.isEmpty ? 0 : 78
        } catch {
            complain("query-worker config: \(error)\n")
            return 64
        }
    }

    private static func complain(_ text: String) { StandardErrorSink().write(Array(text.utf8)) }
}
