internal import Foundation

/// The part of a ledger that is committed beside the watermark: `v1:` and the base64 of variable-length integers, namely
/// the end and then the gaps between the undone offsets, of which the first is the watermark itself.
///
/// Text, since librdkafka before 2.6.1 cuts metadata at a NUL byte. As long as the jobs in flight, however far they are
/// apart. Empty where nothing is undone: then the watermark says all.
package struct LedgerMap: Hashable, Sendable {
    package var end: Int64
    package var undone: [Int64]

    /// Metadata that is not a map of ours; ignoring it would answer jobs twice.
    package struct Damaged: Error, Hashable {
        package let reason: String
    }

    /// Kafka's default for `offset.metadata.max.bytes`.
    package static let sizeLimit = 4096

    private static let prefix = "v1:"

    package init(end: Int64, undone: [Int64]) {
        self.end = end
        self.undone = undone
    }

    package var encoded: String {
        guard var previous = undone.first else { return "" }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(10 + 2 * undone.count)
        Self.append(UInt64(end), to: &bytes)
        for offset in undone.dropFirst() {
            Self.append(UInt64(offset - previous), to: &bytes)
            previous = offset
        }
        return Self.prefix + Data(bytes).base64EncodedString()
    }

    package init(decoding metadata: String, watermark: Int64) throws(Damaged) {
        guard !metadata.isEmpty else {
            self.init(end: watermark, undone: [])
            return
        }
        guard metadata.hasPrefix(Self.prefix) else {
            throw Damaged(reason: "it does not begin with \"\(Self.prefix)\"")
        }
        guard let data = Data(base64Encoded: String(metadata.dropFirst(Self.prefix.count))) else {
            throw Damaged(reason: "it is not base64 after \"\(Self.prefix)\"")
        }
        let numbers = try Self.numbers(in: data)
        guard let end = numbers.first, end > watermark else {
            throw Damaged(reason: "its end does not lie behind the committed offset \(watermark)")
        }
        var undone = [watermark]
        for gap in numbers.dropFirst() {
            let (offset, overflow) = undone[undone.count - 1].addingReportingOverflow(gap)
            guard gap > 0, !overflow, offset < end else {
                throw Damaged(reason: "an undone offset lies behind its end")
            }
            undone.append(offset)
        }
        self.init(end: end, undone: undone)
    }

    /// Upper bound of the encoded size for `count` undone offsets over `span`.
    static func worstSize(count: Int, span: Int64) -> Int {
        // A gap takes one byte; making it take one more uses up at least `step` of the span.
        var bytes = 10 + count
        var step: Int64 = 127
        while step <= span {
            bytes += Int(min(Int64(count), span / step))
            step <<= 7
        }
        return prefix.utf8.count + 4 * ((bytes + 2) / 3)
    }

    // MARK: Variable-length integers (LEB128), of `ReplayMap` too

    static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    static func numbers(in data: Data) throws(Damaged) -> [Int64] {
        var numbers: [Int64] = []
        var number: UInt64 = 0
        var shift: UInt64 = 0
        for byte in data {
            guard shift < 63 else { throw Damaged(reason: "a number in it is too long") }
            number |= UInt64(byte & 0x7F) << shift
            shift += 7
            guard byte & 0x80 == 0 else { continue }
            guard number <= UInt64(Int64.max) else { throw Damaged(reason: "a number in it is too large") }
            numbers.append(Int64(number))
            number = 0
            shift = 0
        }
        guard shift == 0 else { throw Damaged(reason: "it ends within a number") }
        return numbers
    }
}
