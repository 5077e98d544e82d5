internal import Glibc
internal import Kafka
internal import Synchronization

/// Writes numbered records, ten at a time, for as long as a test does something to brokers or workers.
///
/// The producer is not idempotent: librdkafka 2.0.2 may give an idempotent one up when a connection breaks. So a record
/// may be there twice.
final class SteadyWriter: Sendable {
    private let acknowledged: AsyncStream<Int>
    private let report: AsyncStream<Int>.Continuation
    private let isStopping = Atomic(false)

    fileprivate init() { (acknowledged, report) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Waits until the brokers have acknowledged `count` records more than they had; or until the writer has failed,
    /// which its end tells.
    func waitForMore(_ count: Int) async {
        var goal: Int?
        for await written in acknowledged {
            guard let reached = goal else {
                goal = written + count
                continue
            }
            if written >= reached { return }
        }
    }

    fileprivate func stop() { isStopping.store(true, ordering: .relaxed) }

    fileprivate func run(
        bootstrap: String, interval: Duration, _ record: @escaping @Sendable (Int) -> KafkaRecord
    ) async throws -> Int {
        try await onOwnThread { [self] in
            defer { report.finish() }
            // A broker that hangs keeps its connection: only this limit has the records sent to its successor.
            let producer = try KafkaProducer(properties: [
                "bootstrap.servers": bootstrap, "acks": "all", "socket.timeout.ms": "3000",
            ])
            defer { producer.close() }
            var written = 0
            while !isStopping.load(ordering: .relaxed) {
                for _ in 1...10 {
                    written += 1
                    try producer.produce(record(written), number: written)
                }
                if let failure = try producer.awaitDeliveries(timeout: .seconds(60)).first { throw failure.error }
                report.yield(written)
                usleep(UInt32(interval / .microseconds(1)))
            }
            return written
        }
    }
}

/// Writes `record(1)`, `record(2)` and so on for as long as `body` takes.
///
/// - Parameter interval: between one ten and the next.
/// - Returns: the number of records written, each of which was acknowledged.
func withSteadyWriter(
    bootstrap: String, interval: Duration = .zero, _ record: @escaping @Sendable (Int) -> KafkaRecord,
    _ body: (SteadyWriter) async throws -> Void
) async throws -> Int {
    let writer = SteadyWriter()
    async let written = writer.run(bootstrap: bootstrap, interval: interval, record)
    do { try await body(writer) } catch {
        writer.stop()
        throw error
    }
    writer.stop()
    return try await written
}
