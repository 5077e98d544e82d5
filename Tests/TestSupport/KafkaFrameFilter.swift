/// Takes out of one connection what `KafkaDropRules` say.
///
/// A request is judged when its header passes; of its response only the correlation id is known then, and remembered.
struct KafkaFrameFilter {
    /// Length, API key, version, correlation id.
    private var requests = KafkaFrameReader(headerLength: 4 + 2 + 2 + 4)
    /// Length, correlation id.
    private var responses = KafkaFrameReader(headerLength: 4 + 4)
    private var unwantedResponses: Set<Int32> = []

    mutating func pass(requests bytes: [UInt8], _ rules: inout KafkaDropRules) -> [UInt8] {
        requests.pass(bytes) { header in
            let apiKey = Int16(truncatingIfNeeded: bigEndian(header[4..<6]))
            if rules.take(.request, apiKey: apiKey) {
                rules.dropped()
                return false
            }
            if rules.take(.response, apiKey: apiKey) { unwantedResponses.insert(bigEndian(header[8..<12])) }
            return true
        }
    }

    mutating func pass(responses bytes: [UInt8], _ rules: inout KafkaDropRules) -> [UInt8] {
        responses.pass(bytes) { header in
            let isUnwanted = unwantedResponses.remove(bigEndian(header[4..<8])) != nil
            if isUnwanted { rules.dropped() }
            return !isUnwanted
        }
    }
}

/// Finds the frames in a stream that comes in pieces of any size, and leaves some out.
private struct KafkaFrameReader {
    let headerLength: Int
    /// As much as has come of a header that is not complete yet. It is held back till it is.
    private var header: [UInt8] = []
    /// Bytes to come of a frame whose header was complete.
    private var rest = 0
    private var isPassing = true

    init(headerLength: Int) { self.headerLength = headerLength }

    /// - Parameter isWanted: asked once for each frame, with its header.
    mutating func pass(_ bytes: [UInt8], isWanted: ([UInt8]) -> Bool) -> [UInt8] {
        var passed: [UInt8] = []
        var input = bytes[...]
        while !input.isEmpty {
            let part = input.prefix(rest > 0 ? rest : headerLength - header.count)
            input = input.dropFirst(part.count)
            if rest > 0 {
                rest -= part.count
                if isPassing { passed += part }
                continue
            }
            header += part
            guard header.count == headerLength else { break }
            isPassing = isWanted(header)
            if isPassing { passed += header }
            // The length does not count itself.
            rest = max(0, 4 + Int(bigEndian(header[..<4])) - headerLength)
            header = []
        }
        return passed
    }
}

private func bigEndian(_ bytes: ArraySlice<UInt8>) -> Int32 { bytes.reduce(0) { $0 << 8 | Int32($1) } }
