internal import EventLoop
internal import Glibc
internal import QueryWorker

/// `query-worker replay`: dead letters back to the job topic.
enum ReplayCommand {
    static let help = """
        Usage: query-worker replay [FILTER]... [--dry-run] [--limit N] [--json] [CONFIGURATION]

        Brings dead letters back to jobs.topic, each once: as their publisher wrote them, key, value and headers, without
        what was added when they became dead letters. For records that were refused and would be taken now. One that is
        still no job becomes a dead letter again, a new one, which can be replayed again.

        Look first: --dry-run lists what would be replayed and changes nothing.

        FILTER leaves out what does not satisfy all that are given:
          --since TIME      became dead letters then or later: 2026-11-25T08:00:00Z, or how long ago: 30m, 48h
          --until TIME      became dead letters before that
          --partition N     came from partition N of the job topic; may be given more than once
          --error TEXT      why they are no jobs contains TEXT, in the same case

          --dry-run         lists and counts, and writes nothing
          --limit N         ends when N are replayed
          --json            prints JSON, an object a line: those that --dry-run lists, at last the counts
          --help            prints this

        CONFIGURATION is as for run, of which only the kafka.* keys, jobs.topic and deadletter.topic are needed:
          --config FILE     reads KEY=VALUE lines; # begins a comment line
          --set KEY=VALUE   sets one key

        Never twice: what is replayed is remembered in the same transaction, as commit metadata of the group
        <kafka.group.id>-replay, through kill -9 and whatever the filters are. Of two that run at the same time the one
        that started last goes on, and the other ends with 70. Brokers forget what was replayed when nothing was for
        offsets.retention.minutes, 7 days by default; every run begins that time anew, and there is a warning where dead
        letters are kept for longer.
        A dead letter whose value had to be cut is never replayed; it is named and counted. So are counted, as foreign,
        records that this worker did not write, or that came from another topic than jobs.topic.

        Where the brokers check permissions it needs Read on deadletter.topic and on the group <kafka.group.id>-replay,
        Write on jobs.topic and on the transactional id <kafka.group.id>-replay, which no instance.id may be named for.

        Exit codes: 0 done, 64 wrong arguments, 70 could not go on (the last line says why, and what to do), 77 a password
        or permission is refused, 78 the configuration or a topic must be changed.

        Examples:
          query-worker replay --config worker.conf --dry-run
          query-worker replay --config worker.conf --since 2h --error 'application_id'
          query-worker replay --config worker.conf --partition 3 --since 2026-11-25T08:00:00Z --until 2026-11-25T09:00:00Z
          query-worker replay --config worker.conf --dry-run --json | jq -r 'select(.error) | .error' | sort | uniq -c
        """

    static func run(arguments: [String], environment: [String: String]) -> Int32 {
        if arguments.contains("--help") || arguments.contains("-h") {
            Console.printLine(help)
            return 0
        }
        do {
            var others = arguments
            let sources = try ConfigurationArguments.extract(from: &others)
            let request = try ReplayRequest(arguments: others)
            let configuration = try Configuration.loadReplay(arguments: sources, environment: environment)
            return try run(request, configuration)
        } catch let error as ConfigurationError {
            return fail("\(error)", ExitCode.configuration)
        } catch let error as UsageError {
            return fail("\(error)", ExitCode.usage)
        } catch {
            return fail("\(error)", ExitCode.fatal)
        }
    }

    private static func run(_ request: ReplayRequest, _ configuration: ReplayConfiguration) throws -> Int32 {
        let replay = Replay(
            configuration: configuration, filter: request.filter, limit: request.limit, isDryRun: request.isDryRun)
        EventLoopActor.post { stopWhenAsked(replay) }
        var output = ReplayOutput(request)
        do {
            let counts = try replay.run { output.show($0) }
            output.showSummary(counts)
            return 0
        } catch let failure as ReplayFailure {
            output.endProgress()
            return fail(failure.exit.reason ?? "", failure.exit.code)
        }
    }

    private static func fail(_ text: String, _ code: Int32) -> Int32 {
        Console.printError("query-worker replay: \(text)")
        return code
    }

    /// SIGTERM and SIGINT: the first one ends it after the batch under way, the second one at once. Neither loses anything.
    @EventLoopActor private static func stopWhenAsked(_ replay: Replay) {
        var wasAsked = false
        Signals.watch([SIGTERM, SIGINT]) { _ in
            if wasAsked { _exit(ExitCode.fatal) }
            wasAsked = true
            replay.stop()
        }
    }
}
