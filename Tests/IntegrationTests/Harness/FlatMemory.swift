internal import Foundation
internal import TestSupport
internal import Testing

/// How long outages last: `OUTAGE_SECONDS`, by default a few.
let outage = Duration.seconds(ProcessInfo.processInfo.environment["OUTAGE_SECONDS"].flatMap { Int($0) } ?? 8)

/// `Tests/run.sh --sanitize` says so.
let isSanitized = ProcessInfo.processInfo.environment["SANITIZER"] != nil

/// For `memory.max=64MiB`: 48 MiB more, for program, libraries and one fetch response.
let memoryBound = (64 + 48) << 20

/// Watches a worker's memory through an outage, and prints the curve.
func expectFlatMemory(of worker: ChildProcess, during what: String) async throws {
    let end = ContinuousClock.now + outage
    var curve: [Int] = []
    while .now < end {
        curve.append(try #require(MemoryUse(of: worker.pid)).now >> 20)
        // Samples of something that announces no change.
        try await Task.sleep(for: outage / 15)
    }
    let peak = try #require(MemoryUse(of: worker.pid)).peak
    print("\(what): MiB over \(outage): \(curve.map(String.init).joined(separator: " ")), peak \(peak >> 20)")
    #expect(worker.isRunning)
    #expect(peak < memoryBound)
}
