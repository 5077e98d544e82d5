internal import EventLoop
internal import Glibc
internal import QueryWorker

/// `query-worker submit`: publishes jobs, and prints their replies.
enum SubmitCommand {
    static func run(arguments: [String], environment: [String: String]) -> Int32 {
        let console = SubmitConsole()
        do {
            var others = arguments
            let sources = try ConfigurationArguments.extract(from: &others)
            let request = try SubmitRequest(arguments: others)
            let (configuration, warnings) = try Configuration.loadSubmit(arguments: sources, environment: environment)
            for warning in warnings { console.notice("warning: \(warning)") }
            return try run(request, configuration, console)
        } catch let error as UsageError {
            console.notice("\(error)")
            return ExitCode.usage
        } catch let failure as SubmitFailure {
            console.notice("\(failure)")
            return failure.exitCode
        } catch {
            // A configuration that is wrong, or a file that can't be read.
            console.notice("\(error)")
            return ExitCode.configuration
        }
    }

    private static func run(
        _ request: SubmitRequest, _ configuration: SubmitConfiguration, _ console: SubmitConsole
    ) throws -> Int32 {
        var options = SubmitOptions(timeout: timeout(request, configuration))
        options.key = request.key.map { Array($0.utf8) }
        options.waits = request.waits
        options.maxWaiting = request.maxWaiting
        let stop = StopFlag()
        EventLoopActor.post { EndBySignal.inOrder(stop) }
        let submitter = JobSubmitter(
            configuration: configuration, options: options, source: try source(request, configuration, console),
            output: console, stop: stop)
        let summary = try submitter.run()
        if let failure = summary.failure { console.notice("\(failure)") }
        console.notice(summary.text)
        return summary.exitCode
    }

    private static func source(
        _ request: SubmitRequest, _ configuration: SubmitConfiguration, _ console: SubmitConsole
    ) throws -> SubmitSource {
        switch request.source {
        case .job(let job): return .job(SubmitRequest.text(of: job))
        case .file(let path): return .lines(try JobLines(path: path, limit: configuration.kafka.maxMessageBytes))
        case .standardInput:
            if isatty(STDIN_FILENO) != 0 { console.notice("reads jobs, a JSON object a line; Ctrl-D ends them") }
            return .lines(try JobLines(path: nil, limit: configuration.kafka.maxMessageBytes))
        }
    }

    /// A worker answers within `job.timeout`, or, where the job names a deadline, soon after that.
    private static func timeout(_ request: SubmitRequest, _ configuration: SubmitConfiguration) -> Duration {
        if let timeout = request.timeout { return timeout }
        var limit = configuration.jobTimeout
        if case .job(let job) = request.source, let deadline = job.deadline {
            limit = min(max(.zero, deadline - .current), .seconds(86_400))
        }
        return limit + .seconds(15)
    }
}
