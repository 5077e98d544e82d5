/// The lines that a child process printed: the last ones of them, however much it prints.
struct ChildOutput {
    typealias Line = ChildProcess.Line
    typealias Stream = ChildProcess.Stream

    static let lineLimit = 20_000
    /// A longer line is cut into several.
    static let byteLimit = 1 << 20

    private(set) var lines: ArraySlice<Line> = []
    private var unfinished: [Stream: [UInt8]] = [:]
    private var nextNumber = 0

    /// Adds what was read from a stream, and returns the lines that this completes.
    mutating func append(_ bytes: UnsafeRawBufferPointer, from stream: Stream) -> [Line] {
        var line = unfinished[stream] ?? []
        var completed: [Line] = []
        for byte in bytes {
            if byte != UInt8(ascii: "\n") { line.append(byte) }
            if byte == UInt8(ascii: "\n") || line.count == Self.byteLimit {
                completed.append(add(line, from: stream))
                line.removeAll(keepingCapacity: true)
            }
        }
        unfinished[stream] = line
        return completed
    }

    /// A last line without a line feed, once its stream has ended.
    mutating func finish(_ stream: Stream) -> Line? {
        guard let line = unfinished.removeValue(forKey: stream), !line.isEmpty else { return nil }
        return add(line, from: stream)
    }

    private mutating func add(_ bytes: [UInt8], from stream: Stream) -> Line {
        let line = Line(number: nextNumber, stream: stream, text: String(decoding: bytes, as: UTF8.self))
        nextNumber += 1
        lines.append(line)
        // Twice the limit before the front goes: dropping one line for each that comes would copy them all each time.
        if lines.count >= 2 * Self.lineLimit { lines = ArraySlice(Array(lines.suffix(Self.lineLimit))) }
        return line
    }
}
