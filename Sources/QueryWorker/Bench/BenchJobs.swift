/// The jobs of a bench: numbered, each unlike the others, and of the usual size.
package struct BenchJobs: Sendable {
    /// Begins every id, so that replies of another bench are told apart.
    package let runID: String
    package let count: Int

    package init(runID: String, count: Int) {
        self.runID = runID
        self.count = count
    }

    /// Applications whose number ends in 0 exist, as far as the simulator knows, and are finished.
    package func value(of number: Int) -> [UInt8] {
        let application = 5_000_000_000 + number * 10
        let id = "\(runID)-\(number)"
        return Array(#"{"job_id":"\#(id)","application_id":"\#(application)","isv_application_id":"\#(id)"}"#.utf8)
    }

    /// Spread evenly over the partitions.
    package func key(of number: Int) -> [UInt8] { Array(String(number).utf8) }

    /// - Returns: nil for the id of no job of this bench.
    func number(of id: String) -> Int? {
        guard id.hasPrefix(runID + "-"), let number = Int(id.dropFirst(runID.count + 1)),
            (0..<count).contains(number)
        else { return nil }
        return number
    }
}
