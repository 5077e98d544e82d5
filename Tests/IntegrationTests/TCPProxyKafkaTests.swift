internal import TestSupport
internal import Testing

/// What a proxy does with single requests and responses of Kafka's protocol, whose frames are made by hand here.
@Suite struct TCPProxyKafkaTests {
    private let listener = LoopbackListener()
    private let proxy: TCPProxy
    private let client: LoopbackConnection
    private let server: LoopbackConnection

    init() throws {
        proxy = TCPProxy(to: listener.port, protocol: .kafka)
        client = try LoopbackConnection(port: UInt16(proxy.port))
        server = try listener.accept()
    }

    /// Length, key, version, correlation id, and a body.
    private func request(_ apiKey: UInt8, _ id: UInt8, body: Int = 20) -> [UInt8] {
        frame([0, apiKey, 0, 3, 0, 0, 0, id] + Array(repeating: id, count: body))
    }

    private func response(_ id: UInt8, body: Int = 20) -> [UInt8] {
        frame([0, 0, 0, id] + Array(repeating: id, count: body))
    }

    private func frame(_ content: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt32(content.count).bigEndian) { Array($0) } + content
    }

    private func expect(_ expected: [UInt8], at end: LoopbackConnection) throws {
        #expect(try end.receive(expected.count) == expected)
    }

    @Test func swallowsTheResponseOfTheChosenKeyOnce() async throws {
        proxy.dropResponses(ofAPIKey: 26, count: 1)
        let requests = request(3, 1) + request(26, 2) + request(0, 3) + request(26, 4)
        try client.send(requests)
        try expect(requests, at: server)
        #expect(proxy.drops == 0)
        try server.send(response(1) + response(2) + response(3) + response(4))
        try expect(response(1) + response(3) + response(4), at: client)
        try await proxy.waitForDrops(1)
        #expect(proxy.drops == 1)
        #expect(client.isSilent(for: .milliseconds(20)))
    }

    @Test func findsFramesInPiecesOfAnySize() throws {
        proxy.dropResponses(ofAPIKey: 26, count: 1)
        let requests = request(26, 1) + request(0, 2, body: 100_000)
        for byte in requests[..<50] { try client.send([byte]) }
        try client.send(Array(requests[50...]))
        try expect(requests, at: server)
        let responses = response(1, body: 100_000) + response(2, body: 0)
        for byte in responses[..<20] { try server.send([byte]) }
        try server.send(Array(responses[20...]))
        try expect(response(2, body: 0), at: client)
        #expect(proxy.drops == 1)
    }

    @Test func swallowsRequests() async throws {
        proxy.dropRequests(ofAPIKey: 28, count: 2)
        let requests = [request(28, 1), request(3, 2), request(28, 3), request(28, 4)]
        try client.send(requests.flatMap { $0 })
        try expect(requests[1] + requests[3], at: server)
        try await proxy.waitForDrops(2)
        try server.send(response(2) + response(4))
        try expect(response(2) + response(4), at: client)
    }

    @Test func aShorterDelayLetsNoByteOvertake() async throws {
        proxy.dropRequests(ofAPIKey: 26, count: 1)
        proxy.delay(.milliseconds(80))
        let start = ContinuousClock.now
        try client.send(request(3, 1) + request(26, 2))
        // The proxy has read the first request by then.
        try await proxy.waitForDrops(1)
        proxy.delay(.zero)
        try client.send(request(3, 3))
        try expect(request(3, 1) + request(3, 3), at: server)
        #expect(.now - start >= .milliseconds(80))
    }

    @Test func swallowsAllUntilItIsToldToStop() throws {
        proxy.dropResponses(ofAPIKey: 26)
        for id in 1...5 as ClosedRange<UInt8> {
            try client.send(request(26, id))
            try expect(request(26, id), at: server)
            try server.send(response(id))
        }
        #expect(client.isSilent(for: .milliseconds(20)))
        proxy.stopDropping()
        try client.send(request(26, 6))
        try expect(request(26, 6), at: server)
        try server.send(response(6))
        try expect(response(6), at: client)
        #expect(proxy.drops == 5)
    }

    @Test func tellsConnectionsApart() throws {
        let otherClient = try LoopbackConnection(port: UInt16(proxy.port))
        let otherServer = try listener.accept()
        proxy.dropResponses(ofAPIKey: 26, count: 1)
        try client.send(request(26, 1))
        try expect(request(26, 1), at: server)
        // The same correlation id.
        try otherClient.send(request(26, 1))
        try expect(request(26, 1), at: otherServer)
        try otherServer.send(response(1))
        try expect(response(1), at: otherClient)
        try server.send(response(1) + response(2))
        try expect(response(2), at: client)
    }

    @Test func waitingForDropsThatDoNotComeIsAnErrorAtTheTimeLimit() async throws {
        proxy.dropRequests(ofAPIKey: 26)
        await #expect(throws: TCPProxy.TooFewDrops.self) { try await proxy.waitForDrops(1, timeout: .milliseconds(20)) }
        try client.send(request(26, 1))
        try await proxy.waitForDrops(1)
        let second = Task { [proxy] in try await proxy.waitForDrops(2) }
        try client.send(request(26, 2))
        try await second.value
    }

    @Test func waitingForDropsEndsWithTheProxy() async throws {
        let wait = Task { [proxy] in try await proxy.waitForDrops(1) }
        proxy.stop()
        await #expect(throws: TCPProxy.TooFewDrops.self) { try await wait.value }
    }
}
