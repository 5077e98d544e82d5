import TestSupport
import Testing

@testable import query_worker

/// What is done to a simulator while it runs.
@Suite struct SimulatorControlTests {
    private func simulator(_ arguments: String...) throws -> Simulator {
        try Simulator(options: SimulatorClient.options(arguments))
    }

    @Test func takesFlagsInEitherForm() throws {
        let client = try SimulatorClient(try simulator())
        #expect(try client.set("--error 48001\n--not-found-id=5\n\n--chinese\n")?.body == "ok")
        try client.fetchToken()
        #expect(try client.errcode() == 48001)
        #expect(try client.set("--no-error\n--no-chinese")?.status == 200)
        #expect(try client.query(#"{"application_id":5}"#)?.body.contains("application not exist") == true)
    }

    @Test(arguments: [
        ("--busy-rate 2", "--busy-rate: \"2\" (wanted: a probability"), ("--nonsense", "--nonsense: no such flag"),
        ("--listen 127.0.0.1:1", "--listen: cannot be changed"), ("--seed=2", "--seed: cannot be changed"),
        ("--down now", "--down: \"now\" (takes no value)"), ("--latency", "--latency: wanted"),
        ("--busy-rate 0.6\n--drop-rate 0.6", "the fault rates"), ("--ticket wxc9=t", "--component: \"wxc9\""),
    ])
    func refusesFlagsAndChangesNothing(flags: String, expected: String) throws {
        let client = try SimulatorClient(try simulator())
        let answer = try client.set("--error 48001\n" + flags)
        #expect(answer?.status == 400)
        #expect(answer?.body.hasPrefix(expected) == true, "\(answer?.body ?? "")")
        try client.fetchToken()
        #expect(try client.errcode() == 0)
    }

    @Test func clearsFaults() throws {
        let client = try SimulatorClient(
            try simulator(
                "--drop-rate", "1", "--error", "-1", "--error-at-token", "-1", "--daily-quota", "0", "--minute-quota",
                "0", "--flap-rate", "1", "--refuse-ip", "--refuse-ip-at-token", "--revoke-every", "1", "--revoke-rate",
                "1", "--token-hang"))
        #expect(try client.set("--clear-faults")?.status == 200)
        #expect(try client.fetchToken() == 0)
        for _ in 0..<3 { #expect(try client.errcode() == 0) }
    }

    @Test func beginsAQuotaAnew() throws {
        let client = try SimulatorClient(try simulator("--daily-quota", "1"))
        try client.fetchToken()
        #expect(try (0..<2).map { _ in try client.errcode() } == [0, 45009])
        #expect(try client.set("--busy-rate 0")?.status == 200)
        #expect(try client.errcode() == 45009)
        #expect(try client.set("--daily-quota 1")?.status == 200)
        #expect(try (0..<2).map { _ in try client.errcode() } == [0, 45009])
    }

    @Test func revokesTokens() throws {
        let simulator = try simulator()
        let client = try SimulatorClient(simulator)
        let other = try SimulatorClient(simulator)
        try client.fetchToken()
        try other.fetchToken(appid: "wx2")
        #expect(try client.connection.request("POST", "/revoke?account=wx1")?.body == "ok")
        #expect(try client.errcode() == 40001)
        #expect(try other.errcode() == 0)
        #expect(try client.connection.request("POST", "/revoke?account=wx1")?.body == "ok")
        #expect(try client.connection.request("POST", "/revoke?account=wx3")?.status == 400)
        #expect(try client.connection.request("POST", "/revoke")?.status == 400)
        #expect(try client.connection.request("POST", "/revoke?account=wx1&all=1")?.body == "ok")
        #expect(try other.errcode() == 40001)
        let stats = simulator.statsJSON()
        #expect(stats.contains(#""tokens_revoked":2,"errcodes":{"40001":2}"#))
        #expect(stats.contains(#""wx2":{"query_calls":2,"token_calls":{"stable_token":1},"refused_by_40001":1,"#))
    }

    @Test func issuesALegacyTokenOnEachCall() throws {
        let client = try SimulatorClient(try simulator("--account", "wx1=s1", "--token-overlap", "0s"))
        #expect(try client.fetchLegacyToken(secret: "wrong") == 40001)
        #expect(try client.fetchLegacyToken(appid: "wx2") == 40013)
        #expect(try client.fetchLegacyToken() == 0)
        let first = client.token
        #expect(try client.set("--token-overlap 300s")?.status == 200)
        #expect(try client.fetchLegacyToken() == 0)
        #expect(client.token != first)
        let second = client.token
        client.token = first
        #expect(try client.errcode() == 0)
        #expect(try client.set("--token-overlap 0s")?.status == 200)
        #expect(try client.fetchLegacyToken() == 0)
        for old in [first, second] {
            client.token = old
            #expect(try client.errcode() == 40001)
        }
    }

    @Test func changesInItsProcess() async throws {
        try await withSimulator { simulator in
            try await simulator.set(["--error", "48001", "--flap-rate=0.1", "--chinese"])
            let statistics = try await simulator.currentStatistics()
            #expect(statistics.applycodequery.calls == 0)
            #expect(statistics.accounts.isEmpty)
            try await simulator.revokeAll()
            #expect(try await simulator.statistics().tokens_revoked == 0)
        }
    }
}
