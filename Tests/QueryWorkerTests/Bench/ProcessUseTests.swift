import Glibc
import QueryWorker
import Testing

@Suite struct ProcessUseTests {
    private let stat = "17 (odd) S 1 name) S 1 17 17 0 -1 4194304 100 0 0 0 250 50 9 9 20 0 1 0 5000 0 0"

    @Test func fieldsBehindANameWithSpacesAndParenthesesAreRead() throws {
        let status = "Name:\todd\nVmHWM:\t    1234 kB\nVmRSS:\t 1000 kB\n"
        let use = try #require(ProcessUse(stat: stat, status: status, ticksPerSecond: 100))
        #expect(use.user == 2.5)
        #expect(use.system == 0.5)
        #expect(use.peakBytes == 1234 * 1024)
    }

    @Test func whatIsCutOffIsRefused() {
        #expect(ProcessUse(stat: stat, status: "Name:\todd\n", ticksPerSecond: 100) == nil)
        #expect(ProcessUse(stat: "17 (odd) S 1", status: "VmHWM: 1 kB", ticksPerSecond: 100) == nil)
        #expect(ProcessUse(of: 0) == nil)
    }

    @Test func thisProcessUsesSome() throws { #expect(try #require(ProcessUse(of: getpid())).peakBytes > 1 << 20) }

    @Test func ofSeveralTimeAddsUpAndTheLargestMemoryCounts() throws {
        let sum = try BenchFixture.use(user: 1, system: 2, peak: 5) + BenchFixture.use(user: 3, system: 4, peak: 2)
        #expect(sum.cpu == 10)
        #expect(sum.peakBytes == 5)
    }
}
