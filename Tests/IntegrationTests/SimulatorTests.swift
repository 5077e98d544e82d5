import JSON
import TestSupport
import Testing

@testable import query_worker

/// The simulator as a client sees it, over a socket.
@Suite struct SimulatorTests {
    private func options(_ arguments: String...) throws -> SimulatorOptions {
        try SimulatorClient.options(arguments)
    }

    @Test(arguments: [
        (
            #"{"application_id":581865876}"#,
            #""status":"FINISH","application_id":581865876,"code_generate_list":[{"code_start":0,"code_end":49999}]"#
        ),
        (#"{"application_id":"581865876"}"#, #""application_id":581865876,"#),
        (#"{"application_id":18446744073709551615}"#, #""application_id":18446744073709551615,"#),
        (
            #"{"application_id":2,"isv_application_id":"a\"404"}"#,
            #""isv_application_id":"a\"404","code_generate_list":[{"#
        ),
        (#"{"isv_application_id":"order-1"}"#, #""status":"FINISH""#),
        (#"{"application_id":17}"#, #""status":"INIT","application_id":17,"create_time""#),
    ])
    func answersQueries(body: String, expected: String) throws {
        let simulator = try Simulator(options: try options())
        let client = try SimulatorClient(simulator)
        try client.fetchToken()
        let answer = try client.query(body)
        #expect(answer?.errcode == 0)
        #expect(answer?.body.contains(expected) == true, "\(answer?.body ?? "")")
    }

    @Test(
        arguments: [
            (#"{"application_id":1404}"#, 80300), (#"{"isv_application_id":"a404"}"#, 80300),
            (#"{"application_id":5}"#, 80300),
            (#"{"application_id":403}"#, 80301), ("{}", 40097), (#"{"application_id":0}"#, 40097),
            (#"{"application_id":-1}"#, 40097),
            (#"{"application_id":1.5,"isv_application_id":"a"}"#, 40097), ("[]", 40097), ("", 47001), ("{", 47001),
            (#"{"application_id":18446744073709551616}"#, 47001),
        ] as [(String, Int64)])
    func refusesQueries(body: String, errcode: Int64) throws {
        let simulator = try Simulator(options: try options("--not-found-id", "5"))
        let client = try SimulatorClient(simulator)
        try client.fetchToken()
        let answer = try client.query(body)
        #expect(answer?.errcode == errcode)
        #expect(answer?.status == 200)
        let rid = try #require(answer?.body.split(separator: "rid: ").last?.prefix(26))
        #expect(rid.split(separator: "-").map(\.count) == [8, 8, 8])
        #expect(UInt32(rid.prefix(8), radix: 16) ?? 0 > 1_700_000_000)
    }

    @Test(
        arguments: [
            ("--busy-rate", -1, 200), ("--limited-rate", 45011, 200), ("--http-error-rate", -2, 502),
            ("--broken-json-rate", -2, 200),
        ] as [(String, Int64, Int)])
    func hasTheFaultsItIsAskedFor(flag: String, errcode: Int64, status: Int) throws {
        let simulator = try Simulator(options: try options(flag, "1"))
        let client = try SimulatorClient(simulator)
        try client.fetchToken()
        let answer = try client.query(#"{"application_id":1}"#)
        #expect(answer?.errcode == errcode)
        #expect(answer?.status == status)
    }

    @Test func dropsConnections() throws {
        let simulator = try Simulator(options: try options("--drop-rate", "1"))
        #expect(try SimulatorClient(simulator).query(#"{"application_id":1}"#) == nil)
        #expect(simulator.statsJSON().contains(#""outcomes":{"dropped":1}"#))
    }

    @Test func revokesTokensAndIssuesNewOnes() throws {
        let simulator = try Simulator(options: try options("--revoke-every", "2"))
        let client = try SimulatorClient(simulator)
        #expect(try client.query(#"{"application_id":1}"#)?.errcode == 41001)
        try client.fetchToken()
        let first = client.token
        #expect(try client.query(#"{"application_id":1}"#)?.errcode == 0)
        try client.fetchToken()
        #expect(client.token == first)
        #expect(try client.query(#"{"application_id":1}"#)?.errcode == 0)
        #expect(try client.query(#"{"application_id":1}"#)?.errcode == 40001)
        try client.fetchToken()
        #expect(client.token != first)
        #expect(try client.query(#"{"application_id":1}"#)?.errcode == 0)
        #expect(simulator.statsJSON().contains(#""tokens_issued":{"wx1":2},"tokens_revoked":1"#))
    }

    @Test func knowsItsAccounts() throws {
        let simulator = try Simulator(options: try options("--account", "wx1=s1"))
        let client = try SimulatorClient(simulator)
        #expect(try client.fetchToken(appid: "wx2") == 40013)
        #expect(try client.fetchToken(secret: "wrong") == 40001)
        #expect(try client.fetchToken() == 0)
        #expect(try client.query(#"{"application_id":1}"#)?.errcode == 0)
    }

    @Test(arguments: [
        ("{}", 40002), (#"{"grant_type":"client_credential"}"#, 41002), ("nonsense", 47001),
        (#"{"grant_type":"client_credential","appid":"wx1"}"#, 41004),
    ])
    func refusesTokenCallsThatMissSomething(body: String, errcode: Int) throws {
        let simulator = try Simulator(options: try options())
        let connection = try LoopbackConnection(port: simulator.port)
        let response = try connection.request("POST", "/cgi-bin/stable_token", body: body)
        #expect(response?.body.hasPrefix(#"{"errcode":\#(errcode),"#) == true)
    }

    @Test func refusesOtherPathsAndMethods() throws {
        let simulator = try Simulator(options: try options())
        let connection = try LoopbackConnection(port: simulator.port)
        #expect(try connection.request("POST", "/intp/marketcode/applycode")?.status == 404)
        #expect(try connection.request("GET", "/cgi-bin/stable_token")?.body.contains("43002") == true)
        #expect(try connection.request("POST", "/cgi-bin/token")?.body.contains("43001") == true)
    }

    @Test func slowsOneApplicationDownAndNoOther() throws {
        let simulator = try Simulator(options: try options("--hang-id", "1=1h"))
        let slow = try SimulatorClient(simulator)
        try slow.fetchToken()
        let body = #"{"application_id":1}"#
        let target = "/intp/marketcode/applycodequery?access_token=\(slow.token)"
        try slow.connection.send(
            "POST \(target) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        let quick = try SimulatorClient(simulator)
        quick.token = slow.token
        for _ in 0..<10 { #expect(try quick.query(#"{"application_id":2}"#)?.errcode == 0) }
        simulator.stop()
        #expect(try slow.connection.response() == nil)
        #expect(simulator.statsJSON().contains(#""in_flight":1,"#))
    }

    @Test func delaysByItsLatency() throws {
        let simulator = try Simulator(options: try options("--latency=20ms"))
        let client = try SimulatorClient(simulator)
        let elapsed = try ContinuousClock().measure { try client.fetchToken() }
        #expect(elapsed >= .milliseconds(19))
    }

    @Test func countsWhatItWasAsked() throws {
        let simulator = try Simulator(options: try options())
        let client = try SimulatorClient(simulator)
        try client.fetchToken()
        for id in [1, 2, 404, 1, 17] { _ = try client.query(#"{"application_id":\#(id)}"#) }
        let stats = simulator.statsJSON()
        let expected =
            #"{"applycodequery":{"calls":5,"outcomes":{"succeeded":3,"not_finished":1,"refused":1},"#
            + #""errcodes":{"80300":1}},"stable_token":{"calls":1,"outcomes":{"succeeded":1},"errcodes":{}},"token":{"#
        #expect(stats.hasPrefix(expected), "\(stats)")
        #expect(
            stats.contains(
                #""in_flight":0,"max_in_flight":1,"distinct_application_ids":4,"repeated_queries":1,"#
                    + #""tokens_issued":{"wx1":1},"tokens_revoked":0,"errcodes":{"80300":1},"accounts":{"wx1":{"#
                    + #""query_calls":5,"token_calls":{"stable_token":1},"refused_by_40001":0,"tokens_issued":1,"#
                    + #""refreshes":0,"max_queries_per_second":"#), "\(stats)")
        #expect(try client.connection.request("GET", "/stats")?.body == stats)
    }
}
