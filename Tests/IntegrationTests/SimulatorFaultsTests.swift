import TestSupport
import Testing

@testable import query_worker

/// Faults on purpose, over a socket.
@Suite struct SimulatorFaultsTests {
    private func client(_ arguments: String...) throws -> SimulatorClient {
        try SimulatorClient(try Simulator(options: SimulatorClient.options(arguments)))
    }

    @Test(
        arguments: [
            (["--error", "48001"], [48001, 48001]), (["--error", "wx1:12345"], [12345, 12345]),
            (["--error", "wx2:48001"], [0, 0]), (["--error=-1=1"], [-1, -1]), (["--error", "48001=0"], [0, 0]),
            (["--daily-quota", "2"], [0, 0, 45009]), (["--daily-quota", "wx2:0"], [0, 0]),
            (["--minute-quota", "0"], [45011]), (["--flap-rate", "1"], [40001, 40001]),
            (["--flap-rate", "wx2:1"], [0, 0]), (["--refuse-ip"], [40164]),
        ] as [([String], [Int64])])
    func strikesQueries(flags: [String], errcodes: [Int64]) throws {
        let simulator = try Simulator(options: SimulatorClient.options(flags))
        let client = try SimulatorClient(simulator)
        #expect(try client.fetchToken() == 0)
        for errcode in errcodes { #expect(try client.errcode() == errcode) }
    }

    @Test(
        arguments: [
            (["--error-at-token", "40243"], 40243), (["--error-at-token=wx1:-1"], -1),
            (["--error-at-token", "wx2:-1"], 0), (["--refuse-ip-at-token"], 40164), (["--error", "48001"], 0),
        ] as [([String], Int64)])
    func strikesTokenCalls(flags: [String], errcode: Int64) throws {
        let client = try SimulatorClient(try Simulator(options: SimulatorClient.options(flags)))
        #expect(try client.fetchToken() == errcode)
        #expect(try client.fetchLegacyToken() == errcode)
    }

    @Test func saysWhichAddressItRefuses() throws {
        let simulator = try Simulator(
            options: SimulatorClient.options([
                "--component", "wxc1=s3cret", "--merchant", "wxc1/wxm1=r1", "--refuse-ip",
            ]))
        let client = try SimulatorClient(simulator)
        try client.fetchToken()
        let words = "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist hint: ["
        #expect(try client.query()?.body.contains(words) == true)

        let platform = try SimulatorPlatform(simulator)
        #expect(try platform.fetchComponentToken() == 0)
        #expect(try platform.refresh(with: "r1") == 0)
        #expect(try platform.client.query()?.body.contains("not registered requestIP: 203.0.113.7 hint: [") == true)
        #expect(try platform.client.set("--refuse-ip-at-token")?.status == 200)
        #expect(try platform.fetchComponentToken() == 61004)
        #expect(try platform.refresh() == 61004)
    }

    @Test func keepsATokenThatFlaps() throws {
        let client = try client("--flap-rate", "0.5")
        try client.fetchToken()
        let first = client.token
        let errcodes = try (0..<100).map { _ in try client.errcode() }
        #expect(Set(errcodes) == [0, 40001])
        try client.fetchToken()
        #expect(client.token == first)
    }

    @Test(arguments: [
        (["--retry-after", "120"], "120"), (["--retry-after-date", "120"], "GMT"), (["--retry-after", "soon"], "soon"),
    ])
    func saysWhenToComeBack(flags: [String], expected: String) throws {
        for (rate, status) in [("--unavailable-rate", 503), ("--http-error-rate", 502)] {
            let client = try SimulatorClient(try Simulator(options: SimulatorClient.options([rate, "1"] + flags)))
            let answer = try client.query()
            #expect(answer?.status == status)
            #expect(answer?.headers["retry-after"]?.hasSuffix(expected) == true)
        }
    }

    @Test func speaksChinese() throws {
        let client = try client("--chinese")
        let body = try #require(try client.query()?.body)
        #expect(body.contains(#""errcode":41001,"errmsg":"缺少 access_token 参数... hint: ["#))
        #expect(body.contains("] rid: "))
    }

    @Test func delaysAccountsAndTokensApart() throws {
        let client = try client("--account-latency", "wx1=20ms", "--token-latency", "30ms")
        let clock = ContinuousClock()
        #expect(try clock.measure { try client.fetchToken() } >= .milliseconds(29))
        #expect(try clock.measure { _ = try client.errcode() } >= .milliseconds(19))
    }

    @Test func hangsUntilItDoesNot() throws {
        let simulator = try Simulator(options: SimulatorClient.options(["--token-hang"]))
        let hanging = try SimulatorClient(simulator)
        try hanging.connection.send("GET /cgi-bin/token HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(hanging.connection.isSilent(for: .milliseconds(50)))
        let other = try SimulatorClient(simulator)
        #expect(try other.errcode() == 41001)
        #expect(try other.set("--busy-rate 0.1")?.status == 200)
        #expect(hanging.connection.isSilent(for: .milliseconds(50)))
        #expect(try other.set("--no-token-hang")?.status == 200)
        #expect(try hanging.connection.response()?.body.contains("40002") == true)
        #expect(try other.fetchToken() == 0)
    }

    @Test func dropsEveryCallWhenItIsDown() throws {
        let simulator = try Simulator(options: SimulatorClient.options(["--down"]))
        #expect(try SimulatorClient(simulator).query() == nil)
        #expect(try SimulatorClient(simulator).connection.request("GET", "/cgi-bin/token") == nil)
        let client = try SimulatorClient(simulator)
        #expect(try client.set("--up")?.body == "ok")
        #expect(try client.fetchToken() == 0)
        #expect(simulator.statsJSON().contains(#""token":{"calls":1,"outcomes":{"dropped":1},"errcodes":{}}"#))
    }
}
