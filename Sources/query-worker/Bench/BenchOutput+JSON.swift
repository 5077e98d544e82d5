internal import JSON
internal import QueryWorker

// For programs: one object a line. What it was measured with is in every one.
extension BenchOutput {
    func write(_ run: BenchRun, number: Int) {
        object("run") { writer in
            writer.key("run")
            writer.integer(number)
            run.write(to: &writer)
        }
    }

    func writeSummary(_ series: BenchSeries) { object("summary") { series.write(to: &$0) } }

    func write(_ price: DeliveryPrice, _ all: [BenchSeries]) {
        object("comparison") { writer in
            writer.member("fewer_jobs_per_s_percent", rounded: price.rate, digits: 1)
            writer.member("more_cpu_percent", rounded: price.cpu, digits: 1)
            writer.key("deliveries")
            write(all, to: &writer)
        }
    }

    func write(_ sweep: BenchSweep, _ all: [BenchSeries], svg: String) {
        object("sweep") { writer in
            writer.key("of")
            writer.string(sweep.rawValue)
            writer.key("svg")
            writer.string(svg)
            writer.key("steps")
            write(all, to: &writer)
        }
    }

    private func write(_ all: [BenchSeries], to writer: inout JSONWriter) {
        writer.beginArray()
        for series in all {
            writer.beginObject()
            series.write(to: &writer)
            writer.endObject()
        }
        writer.endArray()
    }

    private func object(_ kind: String, _ members: (inout JSONWriter) -> Void) {
        guard isJSON else { return }
        hide()
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("kind")
        writer.string(kind)
        members(&writer)
        writer.key("machine")
        writer.beginObject()
        writer.key("processor")
        writer.string(Machine.current.processor)
        writer.key("cores")
        writer.integer(Machine.current.cores)
        writer.endObject()
        writer.key("version")
        writer.string(WorkerIdentity.version)
        writer.endObject()
        Console.printLine(String(decoding: writer.bytes, as: UTF8.self))
    }
}
