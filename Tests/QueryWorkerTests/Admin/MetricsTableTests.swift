import EventLoop
import Foundation
import TestSupport
import Testing

@testable import QueryWorker
@testable import WeChat

/// README.md's table of metrics against what the worker writes.
struct MetricsTableTests {
    /// Names with their labels.
    private typealias Metrics = [String: Set<String>]

    @Test func readmeNamesEveryMetricWithItsLabelsAndNoOther() throws {
        let (written, listed) = (try written(), try listed())
        #expect(Set(listed.keys).symmetricDifference(written.keys).sorted() == [])
        for (name, labels) in written { #expect(listed[name] == labels, "\(name)") }
    }

    @Test func readmeNamesEveryReasonNotToBeReady() throws {
        let section = try section("### Readiness")
        for reason in Readiness.Reason.allCases { #expect(section.contains("| `\(reason.rawValue)` |"), "\(reason)") }
    }

    private func written() throws -> Metrics {
        let status = try WorkerStatus.full()
        let text = String(decoding: status.prometheusText(loopDelay: .zero, process: .current), as: UTF8.self)
        var metrics: Metrics = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("# TYPE ") {
            let name = String(line.split(separator: " ")[2])
            let samples = text.split(separator: "\n").filter { sample in
                ["{", " ", "_bucket{", "_sum{", "_sum "].contains { sample.hasPrefix(name + $0) }
            }
            #expect(!samples.isEmpty, "\(name)")
            let labels = samples.flatMap { $0.matches(of: /([a-z_]+)="/).map { String($0.output.1) } }
            metrics[name] = Set(labels).subtracting(["le"])
        }
        return metrics
    }

    private func listed() throws -> Metrics {
        var metrics: Metrics = [:]
        for row in try section("### Metrics").split(separator: "\n") {
            guard let match = row.firstMatch(of: /^\| `([a-z_]+)` \|([^|]*)\|/) else { continue }
            metrics[String(match.output.1)] = Set(
                match.output.2.matches(of: /`([a-z_]+)`/).map { String($0.output.1) })
        }
        return metrics
    }

    private func section(_ title: String) throws -> Substring {
        let readme = try String(contentsOfFile: PackageFolder.path + "/README.md", encoding: .utf8)
        let start = try #require(readme.range(of: "\n\(title)\n")).upperBound
        let end = readme[start...].range(of: "\n##")?.lowerBound ?? readme.endIndex
        return readme[start..<end]
    }
}

extension WorkerStatus {
    /// One with a sample of every metric.
    static func full() throws -> WorkerStatus {
        let configuration = try ConfigurationFixture().load().configuration
        let identity = WorkerIdentity(configuration, instanceID: "here-0")
        var status = WorkerStatus(identity, phase: .running, findings: [])
        status.lag = 3
        var partition = Partition(number: 0, lag: 3)
        partition.pauses = [.fullMap]
        partition.isStuck = true
        status.partitions = [partition]
        let failure = APIFailure(kind: .quotaExhausted, message: "no more", retryable: true)
        let now = WallTime.current
        status.accounts.shown = [
            AccountStatus(
                token: TokenStatus(account: "wx1", state: .valid, isUsable: true, expiresAt: now),
                hold: AccountStatus.Hold(failure: failure, since: now, probeAt: now, hasJobsWait: true))
        ]
        status.metrics.sent(to: "query.replies")
        status.metrics.retries = ["busy": 1]
        status.metrics.exchanges.exchanged(.sample(.answered(status: 200)))
        return status
    }
}
