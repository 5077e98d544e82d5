/// Where finished log lines go: standard error in production, memory in tests.
package protocol LogSink: Sendable {
    /// - Parameter line: one whole line, with the line feed that ends it. Called from any thread.
    func write(_ line: [UInt8])
    /// Lines that it could not keep, since the start.
    var droppedCount: Int { get }
}

extension LogSink {
    package var droppedCount: Int { 0 }
}
