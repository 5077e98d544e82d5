internal import QueryWorker

extension BenchSession {
    func runAlike() throws -> Bool {
        let settings = try settings(nil)
        output.say("\(settings.text), \(settings.delivery.rawValue)\n")
        guard request.repeats > 1 else {
            let run = try runner.run(settings, name: "run 1 of 1")
            for line in run.lines { output.say(line) }
            finish(run, number: 1)
            return run.isExactlyOneEach
        }
        let table = SeriesTable("run", width: 8, hasSpread: false)
        output.say(table.header)
        var runs: [BenchRun] = []
        for number in 1...request.repeats {
            let run = try runner.run(settings, name: "run \(number) of \(request.repeats)")
            runs.append(run)
            output.say(table.line(BenchSeries("\(number)", [run])))
            finish(run, number: number)
        }
        let series = BenchSeries("median", runs)
        let last = SeriesTable("", width: 8, hasSpread: true)
        output.say("\n\(last.header)\n\(last.line(series))")
        output.writeSummary(series)
        return series.isExactlyOneEach
    }

    /// One after the other in turns, so that what else the machine does hits both alike.
    func compareDelivery() throws -> Bool {
        let settings = try settings(nil)
        output.say("\(settings.text), both kinds of delivery\n")
        let deliveries = [Delivery.exactlyOnce, .atLeastOnce]
        var runs: [Delivery: [BenchRun]] = [:]
        for number in 1...request.repeats {
            for delivery in deliveries {
                var settings = settings
                settings.delivery = delivery
                let run = try runner.run(
                    settings, name: "\(delivery.rawValue), run \(number) of \(request.repeats)")
                runs[delivery, default: []].append(run)
                finish(run, number: number)
            }
        }
        let all = deliveries.map { BenchSeries($0.rawValue, runs[$0] ?? []) }
        let table = SeriesTable("delivery", width: 13, hasSpread: request.repeats > 1)
        for line in [table.header] + all.map(table.line) { output.say(line) }
        let price = DeliveryPrice(exactlyOnce: all[0], atLeastOnce: all[1])
        output.say("\n" + price.text)
        if !configuration.hasBrokers {
            output.note("embedded brokers take no care of transactions: ask real ones for a price that counts")
        }
        output.write(price, all)
        return all.allSatisfy(\.isExactlyOneEach)
    }

    private func finish(_ run: BenchRun, number: Int) {
        for note in run.notes { output.note(note) }
        output.write(run, number: number)
    }
}
