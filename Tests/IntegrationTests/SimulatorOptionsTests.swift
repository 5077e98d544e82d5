import Testing

@testable import query_worker

@Suite struct SimulatorOptionsTests {
    @Test func readsFlags() throws {
        let options = try SimulatorOptions(arguments: [
            "--listen", "[::1]:0", "--latency=uniform:1ms,2ms", "--busy-rate", "0.1", "--limited-rate=0.2",
            "--http-error-rate", "0.3", "--drop-rate", "0.15", "--broken-json-rate", "0.15", "--unavailable-rate=0.1",
            "--revoke-every", "7", "--revoke-rate", "1", "--account", "wx1=a", "--account", "wx2=b=c", "--token-ttl",
            "5m", "--seed", "9", "--hang-id", "a=b=2s", "--not-found-id", "1", "--not-found-id", "2",
            "--account-latency", "wx1=9ms", "--token-latency", "8ms", "--token-overlap", "7s", "--refresh-grace", "6s",
            "--component-overlap", "5s", "--chinese", "--retry-after-date=-4", "--flap-bursts", "20s",
        ])
        #expect(options.host == "::1")
        #expect(options.port == 0)
        #expect(options.latency == .uniform(from: .milliseconds(1), to: .milliseconds(2)))
        #expect(SimulatedFault.allCases.map { options.faults[$0] } == [0.1, 0.2, 0.3, 0.15, 0.15, 0.1])
        #expect(options.revokeEvery == 7)
        #expect(options.revokeRate == 1)
        #expect(options.accounts == ["wx1": "a", "wx2": "b=c"])
        #expect(options.tokenLifetime == .seconds(300))
        #expect(options.seed == 9)
        #expect(options.hangs == ["a=b": .seconds(2)])
        #expect(options.notFound == ["1", "2"])
        #expect(options.accountLatencies == ["wx1": .fixed(.milliseconds(9))])
        #expect(options.tokenLatency == .fixed(.milliseconds(8)))
        #expect(options.tokenOverlap == .seconds(7))
        #expect(options.components.refreshGrace == .seconds(6))
        #expect(options.componentOverlap == .seconds(5))
        #expect(options.isChinese)
        #expect(options.troubles.retryAfter == .date(seconds: -4))
        #expect(options.troubles.flapping.burst == .seconds(20))
    }

    @Test(arguments: [
        ["--listen", "18080"], ["--listen", "host:65536"], ["--listen", ":1"], ["--listen"], ["--latency", "5"],
        ["--latency", "-5ms"], ["--latency", "uniform:2ms,1ms"], ["--latency", "lognormal:5ms"],
        ["--latency", "normal:1ms,1"], ["--latency", "99999999999999h"], ["--busy-rate", "1.1"],
        ["--busy-rate", "nan"],
        ["--revoke-every", "0"], ["--account", "wx1"], ["--account", "=s"], ["--account", "wx1="],
        ["--token-ttl", "10ms"], ["--seed", "-1"], ["--hang-id", "1=5"], ["--not-found-id", ""],
        ["--account-latency", "5ms"], ["--token-latency", "5"], ["--token-overlap", "-1s"], ["--component", "wxc1"],
        ["--component", "wxc1="], ["--ticket", "t"], ["--merchant", "wxm1=r1"], ["--merchant", "/wxm1=r1"],
        ["--merchant", "wxc1/wxm1="], ["--merchant", "wxc1/a/b=r1"], ["--merchant-code", "wxc1/=c"],
        ["--merchants", "wxc1=0"], ["--merchants", "wxc1=100001"], ["--unauthorized", ""], ["--refresh-grace", "5"],
        ["--error", "0"], ["--error", "busy"], ["--error", ":48001"], ["--error", "48001=2"], ["--error", "48001="],
        ["--error-at-token", "wx1:"], ["--daily-quota", "-1"], ["--minute-quota", "wx1:"], ["--flap-rate", "wx1:2"],
        ["--flap-bursts", "5"], ["--retry-after", ""], ["--retry-after-date", "tomorrow"],
        ["--component", "wxc1=s", "--merchant", "wxc2/wxm1=r1"],
    ])
    func saysWhichFlagIsWrongAndWhatIsWanted(arguments: [String]) {
        let error = #expect(throws: SimulatorOptions.InvalidArgument.self) {
            try SimulatorOptions(arguments: arguments)
        }
        #expect(error?.description.hasPrefix("\(arguments[0]): ") == true)
        #expect(error?.description.contains("wanted: ") == true)
    }

    @Test(arguments: [
        ["--unknown", "1"], ["stray"], ["--busy-rate", "0.6", "--drop-rate", "0.6"], ["--down=yes"], ["--down", "yes"],
    ])
    func refusesWhatItDoesNotKnow(arguments: [String]) {
        #expect(throws: SimulatorOptions.InvalidArgument.self) { try SimulatorOptions(arguments: arguments) }
    }

    @Test(arguments: SimulatorFlag.all.keys.sorted()) func isExplainedInFull(flag: String) {
        // What ends a fault is explained beside it.
        let isCounterpart = flag.hasPrefix("--no-") && flag != "--not-found-id" || flag == "--up"
        let lines = SimulateCommand.help.split(separator: "\n")
        #expect(lines.contains { isCounterpart ? $0.contains(flag) : $0.hasPrefix("  \(flag)") })
        #expect(lines.allSatisfy { $0.count <= 120 })
    }
}
