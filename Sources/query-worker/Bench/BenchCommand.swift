internal import EventLoop
internal import QueryWorker

/// `query-worker bench`: how fast the worker is here, and what a job costs.
enum BenchCommand {
    /// Some job has no reply, or more than one.
    private static let wrongExitCode: Int32 = 1

    static func run(arguments: [String], environment: [String: String]) -> Int32 {
        var output = BenchOutput(isJSON: false)
        do {
            var others = arguments
            let sources = try ConfigurationArguments.extract(from: &others)
            let request = try BenchRequest(arguments: others)
            output = BenchOutput(isJSON: request.isJSON)
            let (configuration, warnings) = try Configuration.loadBench(arguments: sources, environment: environment)
            for warning in warnings { output.note("warning: \(warning)") }
            let stop = StopFlag()
            EventLoopActor.post { EndBySignal.inOrder(stop) }
            let session = try BenchSession(request, configuration, output, stop)
            stop.begin()
            return try session.run() ? 0 : wrongExitCode
        } catch let failure as BenchFailure {
            output.note("\(failure)")
            return failure.exitCode
        } catch let error as UsageError {
            output.note("\(error)")
            return ExitCode.usage
        } catch {
            output.note("\(error)")
            return ExitCode.configuration
        }
    }
}
