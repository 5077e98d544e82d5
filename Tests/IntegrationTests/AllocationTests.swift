internal import TestSupport
internal import Testing

/// What a job costs in blocks of memory, counted in a program of its own (`Tests/AllocationProbe`): as repeatable as times
/// are not. Tests are built without optimisation, and allocate more than a release does; what adds to one adds to the other.
@Suite(.disabled(if: isSanitized, "a sanitizer has a malloc of its own"))
struct AllocationTests {
    /// 76.0 are counted, in every run, so that one more per job is too many. Whoever gets below that lowers it.
    private static let limit = 77.0

    @Test func allocatesNoMoreForAJobThanItDid() async throws {
        try await withChildProcess(.product("allocation-probe"), arguments: []) { probe in
            #expect(try await probe.waitForExit() == 0)
            let line = try #require(probe.lines(of: .standardOutput).last)
            let count = try #require(line.split(separator: " ").last.flatMap { Double($0) })
            // Below half of it nothing was counted, or not what is meant.
            #expect(count <= Self.limit && count > Self.limit / 2, "\(line)")
        }
    }
}
