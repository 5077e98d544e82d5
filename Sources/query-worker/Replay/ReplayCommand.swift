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
          --first           goes on where old replays may be forgotten: see below
          --json            prints JSON, an object a line: those that --dry-run lists, at last the counts
          --help            prints this

        CONFIGURATION is as for run, of which only the kafka.* keys, jobs.topic and deadletter.topic are needed:
          --config FILE     reads KEY=VALUE lines; # begins a comment line
          --set KEY=VALUE   sets one key

        Never twice: what is replayed is remembered in the same transaction, as commit metadata of the group
        <kafka.group.id>-replay, through kill -9 and whatever the filters are. Of two that run at the same time the one
        that started last goes on, and the other ends with 70. Brokers forget what was replayed when nothing was for
        offsets.retention.minutes, 7 days by default; every run that is not dry begins that time anew. Where nothing is
        remembered of a partition, and it has dead letters older than that, a replay ends with 70 and leaves them alone:
        only you know whether they were replayed before. --first says that they were not, or may come twice.
        Left alone, named and counted: a dead letter whose value had to be cut, and one that is larger than jobs.topic
        takes. Counted, as foreign: records that this worker did not write, or that came from another topic.

        Where the brokers check permissions it needs Read on deadletter.topic and on the group <kafka.group.id>-replay,
        Write on jobs.topic and on the transactional id <kafka.group.id>-replay, which no instance.id may be named for.
        With DescribeConfigs on jobs.topic and on the cluster it knows how large records may be, and for how long brokers
        remember.

        Exit codes: 0 done, 64 wrong arguments, 70 could not go on (the last line says why, and what to do), 77 a password
        or permission is refused, 78 the configuration or a topic must be changed, 130 and 143 stopped by SIGINT and
        SIGTERM, 141 nobody reads what it prints.

        Examples:
          query-worker replay --config worker.conf --dry-run
          query-worker replay --config worker.conf --since 2h --error 'application_id'
          query-worker replay --config worker.conf --partition 3 --since 2026-11-25T08:00:00Z --until 2026-11-25T09:00:00Z
          query-worker replay --config worker.conf --dry-run --json | jq -r 'select(.error) | .error' | sort | uniq -c
        """

    static func run(arguments: [String], environment: [String: String]) -> Int32 {
        do {
            var others = arguments
            let sources = try ConfigurationArguments.extract(from: &others)
            let request = try ReplayRequest(arguments: others)
            let (configuration, warnings) = try Configuration.loadReplay(arguments: sources, environment: environment)
            for warning in warnings { Console.printError("query-worker replay: warning: \(warning)") }
            return run(request, configuration)
        } catch let error as ConfigurationError {
            return fail("\(error)", ExitCode.configuration)
        } catch let error as UsageError {
            return fail("\(error)", ExitCode.usage)
        } catch {
            return fail("\(error)", ExitCode.fatal)
        }
    }

    private static func run(_ request: ReplayRequest, _ configuration: ReplayConfiguration) -> Int32 {
        let stop = StopFlag()
        // Neither the first one, after the batch under way, nor the second one loses anything.
        EventLoopActor.post { EndBySignal.inOrder(stop) }
        var output = ReplayOutput(request)
        let replay = Replay(configuration: configuration, options: request.options, stop: stop) { event in
            output.show(event)
            if output.error != nil { stop.request(SIGPIPE) }
        }
        let outcome = replay.run()
        output.endProgress()
        if outcome.failure == nil || outcome.counts.read > 0 { output.showSummary(outcome.counts) }
        if let failure = outcome.failure { return fail(failure.reason ?? "", failure.code) }
        switch output.error {
        case nil: break
        case EPIPE: return 128 + SIGPIPE
        case let error?:
            return fail("can't write to standard output: \(String(cString: strerror(error)))", ExitCode.fatal)
        }
        guard let signal = stop.signal else { return 0 }
        return fail("stopped; run it again for the rest", 128 + signal)
    }

    private static func fail(_ text: String, _ code: Int32) -> Int32 {
        Console.printError("query-worker replay: \(text)")
        return code
    }
}
