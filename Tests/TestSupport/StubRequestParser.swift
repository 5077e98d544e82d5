/// The first complete request in what a connection has sent, if there is one.
struct StubRequestParser {
    var request: StubRequest
    /// Bytes it takes up.
    let length: Int

    init?(_ input: [UInt8]) {
        guard let headEnd = Self.endOfHead(input) else { return nil }
        var lines = String(decoding: input[..<headEnd], as: UTF8.self).split(separator: "\r\n")[...]
        let requestLine = lines.popFirst()?.split(separator: " ") ?? []
        guard requestLine.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        length = headEnd + (headers["content-length"].flatMap { Int($0) } ?? 0)
        guard input.count >= length else { return nil }
        request = StubRequest(
            method: String(requestLine[0]), target: String(requestLine[1]), headers: headers,
            body: Array(input[headEnd..<length]), connection: 0, number: 0)
    }

    private static func endOfHead(_ input: [UInt8]) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        var start = 0
        while start + mark.count <= input.count {
            if input[start] == mark[0], input[start..<start + mark.count].elementsEqual(mark) {
                return start + mark.count
            }
            start += 1
        }
        return nil
    }
}
