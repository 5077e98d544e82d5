internal import TestSupport
internal import Testing

@Suite struct TCPProxyTests {
    private let listener = LoopbackListener()
    private let proxy: TCPProxy

    init() { proxy = TCPProxy(to: listener.port) }

    private func connect() throws -> (client: LoopbackConnection, server: LoopbackConnection) {
        (try LoopbackConnection(port: UInt16(proxy.port)), try listener.accept())
    }

    @Test func forwardsBothWays() throws {
        let (client, server) = try connect()
        try client.send("question")
        #expect(try server.text(8) == "question")
        try server.send("answer")
        #expect(try client.text(6) == "answer")
    }

    @Test func carriesHTTP() throws {
        let api = StubAPI { request in .answer(StubAnswer(200, request.bodyText + "!")) }
        let proxy = TCPProxy(to: api.port)
        let client = try LoopbackConnection(port: UInt16(proxy.port))
        for number in 1...3 {
            let response = try client.request("POST", "/", body: "number \(number)")
            #expect(response?.body == "number \(number)!")
        }
        #expect(api.connectionCount == 1)
    }

    @Test func passesAnEndOnAndStillForwardsTheOtherWay() throws {
        let (client, server) = try connect()
        try client.send("all")
        client.finishSending()
        #expect(try server.text(3) == "all")
        #expect(try server.end() == .closed)
        try server.send("late answer")
        server.finishSending()
        #expect(try client.text(11) == "late answer")
        #expect(try client.end() == .closed)
    }

    @Test func passesAResetOn() throws {
        let (client, server) = try connect()
        let proxyBehind = TCPProxy(to: proxy.port)
        let other = try LoopbackConnection(port: UInt16(proxyBehind.port))
        let otherServer = try listener.accept()
        proxyBehind.cutConnections()
        #expect(try other.end() == .reset)
        #expect(try otherServer.end() == .reset)
        #expect(client.isSilent(for: .milliseconds(20)))
        #expect(server.isSilent(for: .milliseconds(20)))
    }

    @Test func resetsAConnectionToAPortWhereNobodyListens() throws {
        let proxy = TCPProxy(to: StubAPI.refusingPort())
        #expect(try LoopbackConnection(port: UInt16(proxy.port)).end() == .reset)
    }

    @Test func cutsWhatIsOpenAndTakesNewConnections() throws {
        let (client, server) = try connect()
        proxy.cutConnections()
        #expect(try client.end() == .reset)
        #expect(try server.end() == .reset)
        let (newClient, newServer) = try connect()
        try newClient.send("again")
        #expect(try newServer.text(5) == "again")
    }

    @Test func refusesUntilItAcceptsAgain() throws {
        let (client, server) = try connect()
        proxy.refuse()
        #expect(proxy.isRefusing)
        #expect(try client.end() == .reset)
        #expect(try server.end() == .reset)
        for _ in 1...3 { #expect(try LoopbackConnection(port: UInt16(proxy.port)).end() == .reset) }
        proxy.accept()
        let (newClient, newServer) = try connect()
        try newClient.send("again")
        #expect(try newServer.text(5) == "again")
    }

    @Test func resetsWhatIsOpenWhenItIsStopped() throws {
        let (client, server) = try connect()
        proxy.stop()
        #expect(try client.end() == .reset)
        #expect(try server.end() == .reset)
    }

    @Test func holdsBytesForTheDelayInEachDirection() throws {
        let (client, server) = try connect()
        proxy.delay(.milliseconds(30))
        let start = ContinuousClock.now
        try client.send("ping")
        #expect(try server.text(4) == "ping")
        try server.send("pong")
        #expect(try client.text(4) == "pong")
        #expect(.now - start >= .milliseconds(60))
        client.finishSending()
        #expect(try server.end() == .closed)
        #expect(.now - start >= .milliseconds(90))
    }

    @Test func forwardsNothingWhileStalledAndAllAfterwards() throws {
        let (client, server) = try connect()
        proxy.stall()
        try client.send("held")
        let newClient = try LoopbackConnection(port: UInt16(proxy.port))
        let newServer = try listener.accept()
        try newClient.send("held too")
        #expect(server.isSilent(for: .milliseconds(50)))
        #expect(client.isSilent(for: .zero))
        #expect(newServer.isSilent(for: .milliseconds(50)))
        proxy.unstall()
        #expect(try server.text(4) == "held")
        #expect(try newServer.text(8) == "held too")
    }

    @Test func holdsASenderUpWhileStalledAndLosesNothing() async throws {
        let (client, server) = try connect()
        proxy.stall()
        let sent = client.fill(with: 7, limit: 64 << 20, patience: .milliseconds(200))
        // What the kernel keeps for two connections, and 1 MiB.
        #expect(sent < 32 << 20)
        client.finishSending()
        proxy.unstall()
        let received = try server.receive(sent)
        #expect(received.count == sent)
        #expect(received.allSatisfy { $0 == 7 })
        #expect(try server.end() == .closed)
    }
}
