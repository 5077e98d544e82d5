internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// Where the admin port listens, and what becomes of a worker that can't.
    @Suite struct AdminListenTests {
        private static let defaults: ClosedRange<UInt16> = 9464...9473

        @Test func addressThatIsTakenEndsItWhereItWasSet() async throws {
            let topics = try TestTopics(partitions: 1)
            let listener = LoopbackListener()
            let settings = ["admin.listen=127.0.0.1:\(listener.port)"]
            try await withWorker(topics, api: "http://127.0.0.1:1", settings: settings) { worker in
                #expect(try await worker.waitForExit() == 78)
                let line = try #require(worker.lines.last).text
                #expect(line.contains("admin.listen: cannot listen on 127.0.0.1:\(listener.port)"), "\(line)")
            }
        }

        @Test func workersOfOneHostNeedNoSettings() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withWorkers(2, topics, api: "http://127.0.0.1:1") { workers in
                var ports: [UInt16] = []
                for worker in workers { ports.append(try await AdminClient(worker).port) }
                #expect(ports.allSatisfy(Self.defaults.contains) && ports[0] != ports[1], "\(ports)")
                for worker in workers { try await worker.endInOrder() }
            }
        }

        @Test func setToNothingThereIsNone() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url, settings: ["admin.listen="]) { worker in
                    try await worker.waitForLine(containing: #""message":"assigned""#)
                    #expect(!worker.lines.contains { $0.text.contains("admin port") })
                    try await worker.endInOrder()
                }
            }
        }
    }
}
