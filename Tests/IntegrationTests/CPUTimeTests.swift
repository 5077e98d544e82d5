internal import TestSupport
internal import Testing

@Suite struct CPUTimeTests {
    @Test func readsTheFieldsBehindANameWithSpacesAndParentheses() throws {
        let stat = "17 (odd) S 1 name) S 1 17 17 0 -1 4194304 100 0 0 0 250 50 9 9 20 0 1 0 5000 0 0"
        let time = try #require(CPUTime(stat: stat, ticksPerSecond: 100))
        #expect(time.user == .milliseconds(2500))
        #expect(time.system == .milliseconds(500))
        #expect(time.total == .seconds(3))
    }

    @Test(arguments: ["", "17 (cut off", "17 (short) S 1 17", "17 (x) S 1 17 17 0 -1 4194304 100 0 0 0 a b"])
    func refusesWhatIsNoStatLine(_ stat: String) {
        #expect(CPUTime(stat: stat, ticksPerSecond: 100) == nil)
    }

    @Test func countsWhatARunningProcessUses() async throws {
        let script = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo counted; exec sleep 100"
        try await withChildProcess(.path("/bin/sh"), arguments: ["-c", script]) { process in
            try await process.waitForLine(containing: "counted")
            let time = try #require(CPUTime(of: process.pid))
            #expect(time.total > .zero)
            process.kill()
            try await process.waitForExit()
            #expect(CPUTime(of: process.pid) == nil)
        }
    }
}
