import Testing

@testable import query_worker

@Suite struct SimulatorOptionsTests {
    @Test func readsEveryFlag() throws {
        let options = try SimulatorOptions(arguments: [
            "--listen", "[::1]:0", "--latency=uniform:1ms,2ms", "--busy-rate", "0.1", "--limited-rate=0.2",
            "--http-error-rate", "0.3", "--drop-rate", "0.15", "--broken-json-rate", "0.25", "--revoke-every", "7",
            "--revoke-rate", "1", "--account", "wx1=a", "--account", "wx2=b", "--token-ttl", "5m", "--seed", "9",
            "--hang-id", "a=b=2s", "--not-found-id", "1", "--not-found-id", "2",
        ])
        #expect(options.host == "::1")
        #expect(options.port == 0)
        #expect(options.latency == .uniform(from: .milliseconds(1), to: .milliseconds(2)))
        #expect(SimulatedFault.allCases.map { options.faults[$0] } == [0.1, 0.2, 0.3, 0.15, 0.25])
        #expect(options.revokeEvery == 7)
        #expect(options.revokeRate == 1)
        #expect(options.accounts == ["wx1": "a", "wx2": "b"])
        #expect(options.tokenLifetime == .seconds(300))
        #expect(options.seed == 9)
        #expect(options.hangs == ["a=b": .seconds(2)])
        #expect(options.notFound == ["1", "2"])
    }

    @Test(arguments: [
        ["--listen", "18080"], ["--listen", "host:65536"], ["--listen", ":1"], ["--listen"], ["--latency", "5"],
        ["--latency", "-5ms"], ["--latency", "uniform:2ms,1ms"], ["--latency", "lognormal:5ms"],
        ["--latency", "normal:1ms,1"],
        ["--latency", "99999999999999h"], ["--busy-rate", "1.1"], ["--busy-rate", "nan"], ["--revoke-every", "0"],
        ["--account", "wx1"], ["--account", "=s"], ["--account", "wx1="], ["--token-ttl", "10ms"], ["--seed", "-1"],
        ["--hang-id", "1=5"], ["--not-found-id", ""],
    ])
    func saysWhichFlagIsWrongAndWhatIsWanted(arguments: [String]) {
        let error = #expect(throws: SimulatorOptions.InvalidArgument.self) {
            try SimulatorOptions(arguments: arguments)
        }
        #expect(error?.description.hasPrefix("\(arguments[0]): ") == true)
        #expect(error?.description.contains("wanted: ") == true)
    }

    @Test(arguments: [["--unknown", "1"], ["stray"], ["--busy-rate", "0.6", "--drop-rate", "0.6"]])
    func refusesWhatItDoesNotKnow(arguments: [String]) {
        #expect(throws: SimulatorOptions.InvalidArgument.self) { try SimulatorOptions(arguments: arguments) }
    }

    @Test func isExplainedInFull() {
        for flag in [
            "--listen", "--latency", "--hang-id", "--not-found-id", "--busy-rate", "--limited-rate",
            "--http-error-rate",
            "--drop-rate", "--broken-json-rate", "--account", "--token-ttl", "--revoke-every", "--revoke-rate",
            "--seed",
        ] {
            let error = #expect(throws: SimulatorOptions.InvalidArgument.self) {
                try SimulatorOptions(arguments: [flag])
            }
            #expect(error?.description.contains("no such flag") == false)
            #expect(SimulateCommand.help.contains("\n  \(flag) "))
        }
    }
}
