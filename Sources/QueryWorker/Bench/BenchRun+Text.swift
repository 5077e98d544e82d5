internal import EventLoop

extension BenchRun {
    /// For people: all that was measured, a line each.
    package var lines: [String] {
        let rate = "\(Figures.grouped(settings.jobs)) jobs in \(Figures.short(elapsed.inSeconds)) s"
        var lines = [
            row("jobs/s", Figures.short(jobsPerSecond), rate + (idealText.map { "; \($0)" } ?? "")),
            row(
                "CPU per job", "\(Figures.short(cpuPerJob)) µs",
                "user \(Figures.short(userPerJob)), system \(Figures.short(systemPerJob)); of the worker's whole life, "
                    + "\(Figures.fixed(cpuBeforeFirstJob, digits: 2)) s of it before the first job"),
            row(
                "peak memory", "\(Figures.short(Double(use.peakBytes) / 1_000_000)) MB",
                settings.instances == 1 ? "" : "of the instance with the most"),
            row(
                "first job", "\(Figures.short(untilFirstJob.inSeconds)) s",
                "after the start" + (brokerLoad == nil ? "" : "; embedded brokers wait 3 s for members of a group")),
            row("transactions", Figures.grouped(figures.transactions), transactionsText),
        ]
        if figures.retries > 0 { lines.append(row("retries", Figures.grouped(figures.retries), "")) }
        if shares.count > 1 {
            lines.append(row("shares", shares.map(Figures.grouped).joined(separator: " "), "jobs of each instance"))
        }
        return lines + ["", latencyTable(), "", repliesText, loadText].compactMap { $0 }
    }

    private func row(_ name: String, _ value: String, _ remark: String) -> String {
        let name = name + String(repeating: " ", count: max(0, 14 - name.count))
        let space = String(repeating: " ", count: max(0, 9 - value.count))
        return remark.isEmpty ? name + space + value : "\(name)\(space)\(value)   \(remark)"
    }

    private var idealText: String? {
        guard let ideal = settings.idealRate, let share = shareOfIdeal else { return nil }
        return "\(percent(share)) % of the \(Figures.short(ideal)) that its calls in flight allow"
    }

    private var transactionsText: String {
        guard let replies = repliesPerTransaction else {
            return settings.delivery == .atLeastOnce ? "none: at least once" : ""
        }
        return "\(Figures.short(replies)) replies each"
    }

    private func latencyTable() -> String {
        let table = TextTable(["milliseconds", "p50", "p90", "p99"], widths: [14, 8, 8, 8])
        let rows = LatencyStage.allCases.map { stage in
            let percentiles = figures.latencies[stage]
            return table.line(
                [stage.title] + [percentiles?.p50, percentiles?.p90, percentiles?.p99].map(Figures.short))
        }
        let remark = settings.instances == 1 ? "" : "   of the slowest instance"
        return ([table.headerLine + remark] + rows).joined(separator: "\n")
    }

    private var repliesText: String {
        let failed = failures.values.reduce(0, +)
        let kinds = failures.sorted { $0.key < $1.key }.map { "\(Figures.grouped($0.value)) \($0.key)" }
        let failures = failed == 0 ? "" : "; failed: \(kinds.joined(separator: ", "))"
        guard !isExactlyOneEach else { return "Each job has exactly one reply\(failures)." }
        return
            "WRONG: \(Figures.grouped(missing)) jobs without a reply, \(Figures.grouped(duplicates)) replies too many, "
            + "\(Figures.grouped(foreign)) records that are no reply\(failures)."
    }

    private var loadText: String? {
        let loads = [("the simulator", simulatorLoad), ("the embedded brokers", brokerLoad)].compactMap { name, load in
            load.map { "\(name) \(percent($0)) %" }
        }
        return loads.isEmpty ? nil : "Beside the worker, of one core: \(loads.joined(separator: ", "))."
    }
}
