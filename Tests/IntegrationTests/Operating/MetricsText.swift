/// What `/metrics` answered, taken apart.
struct MetricsText {
    struct Sample {
        let name: String
        let labels: [String: String]
        let value: Double
        /// Name and labels as they were written.
        let series: String
    }

    let text: String
    let samples: [Sample]

    init(_ text: String) {
        self.text = text
        samples = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
            guard let end = line.lastIndex(of: " "), let value = Double(line[line.index(after: end)...]) else {
                return nil
            }
            let series = line[..<end]
            let labels = series.matches(of: /([a-z_]+)="((?:[^"\\]|\\.)*)"/).map {
                (String($0.output.1), String($0.output.2))
            }
            return Sample(
                name: String(series.prefix { $0 != "{" }), labels: Dictionary(uniqueKeysWithValues: labels),
                value: value, series: String(series))
        }
    }

    var series: Set<String> { Set(samples.map(\.series)) }

    /// The sum of all samples of that name that have these labels; nil if there is none.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = samples.filter { sample in
            sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
        }
        return found.isEmpty ? nil : found.reduce(0) { $0 + $1.value }
    }

    /// The samples of that name that are not 0, by the value of one label.
    func values(_ name: String, by label: String) -> [String: Double] {
        let found = samples.filter { $0.name == name && $0.value != 0 }
        return Dictionary(found.map { ($0.labels[label] ?? "", $0.value) }) { $0 + $1 }
    }

    /// Histograms whose buckets do not grow, or whose last bucket is not their count; by series of the count.
    var brokenHistograms: [String] {
        samples.filter { $0.name.hasSuffix("_count") }.compactMap { count in
            let name = count.name.dropLast("_count".count)
            let buckets = samples.filter { bucket in
                bucket.name == "\(name)_bucket" && count.labels.allSatisfy { bucket.labels[$0.key] == $0.value }
            }
            let values = buckets.map(\.value)
            let isSound =
                values == values.sorted() && values.last == count.value && buckets.last?.labels["le"] == "+Inf"
            return isSound ? nil : count.series
        }
    }
}
