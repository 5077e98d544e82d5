import Testing

@testable import QueryWorker

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("", "", 0), ("abc", "abc", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abd", 1), ("abc", "acb", 1),
        ("abc", "ab", 1), ("topic", "topics", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
    ])
    func countsSlips(from: String, to: String, distance: Int) {
        #expect(NearestName.distance(from, to) == distance)
    }

    @Test(arguments: [
        ("api.timeuot", "api.timeout"), ("job.topic", "jobs.topic"), ("log-level", "log.level"), ("zzz", nil),
    ])
    func findsWhatWasMeant(name: String, expected: String?) {
        #expect(NearestName.of(name, among: ["jobs.topic", "api.timeout", "log.level"]) == expected)
    }
}
