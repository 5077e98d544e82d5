internal import Foundation
internal import Glibc
internal import QueryWorker

extension BenchSession {
    func run(_ sweep: BenchSweep) throws -> Bool {
        let path = request.svg ?? "bench.svg"
        try checkThatItCanBeWritten(path)
        let width = max(sweep.stepTitle.count, request.steps.map(\.count).max() ?? 0)
        let table = SeriesTable(sweep.stepTitle, width: width, hasSpread: request.repeats > 1)
        output.say(try remark(sweep) + "\n\n" + table.header)
        var all: [BenchSeries] = []
        for step in request.steps {
            let settings = try settings(step)
            var runs: [BenchRun] = []
            for number in 1...request.repeats {
                let name = "\(sweep.stepTitle) \(step), run \(number) of \(request.repeats)"
                runs.append(try runner.run(settings, name: name))
            }
            let series = BenchSeries(step, runs)
            all.append(series)
            output.say(table.line(series))
            for note in Set(runs.flatMap(\.notes)).sorted() { output.note("\(step): \(note)") }
        }
        let chart = BenchChart(sweep, all, remark: try remark(sweep), brokers: brokersText).svg
        do { try chart.write(toFile: path, atomically: true, encoding: .utf8) } catch {
            throw BenchFailure("can't write \(path): \(error.localizedDescription)")
        }
        output.say("\nDrawn: \(path)")
        output.write(sweep, all, svg: path)
        return all.allSatisfy(\.isExactlyOneEach)
    }

    /// What stays the same from step to step.
    private func remark(_ sweep: BenchSweep) throws(UsageError) -> String {
        let all = try request.steps.map { step throws(UsageError) in try settings(step) }
        let jobs = Set(all.map(\.jobs)).sorted()
        let counts = jobs.count == 1 ? jobs : [jobs[0], jobs[jobs.count - 1]]
        return BenchChart.remark(sweep, all[0], jobs: counts.map(Figures.grouped).joined(separator: " to "))
    }

    private func checkThatItCanBeWritten(_ path: String) throws(BenchFailure) {
        let folder = (path as NSString).deletingLastPathComponent
        let target = FileManager.default.fileExists(atPath: path) ? path : folder.isEmpty ? "." : folder
        guard access(target, W_OK) != 0 else { return }
        throw BenchFailure(
            "can't write \(path): \(String(cString: strerror(errno))); name another one by --svg FILE",
            exitCode: ExitCode.usage)
    }
}
