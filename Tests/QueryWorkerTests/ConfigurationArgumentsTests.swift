import QueryWorker
import Testing

@Suite struct ConfigurationArgumentsTests {
    @Test func takesItsOwnAndLeavesTheRest() throws {
        var arguments = [
            "--json", "--config", "a", "--set", "x=1", "--config=b", "--set=y=2=3", "c", "--", "--set", "z=1",
        ]
        let taken = try ConfigurationArguments.extract(from: &arguments)
        #expect(taken == ConfigurationArguments(files: ["a", "b"], assignments: ["x=1", "y=2=3"]))
        #expect(arguments == ["--json", "c", "--", "--set", "z=1"])
    }

    @Test(arguments: [["--config"], ["--set"], ["--config="], ["--set="], ["--config", ""]])
    func anOptionWithoutItsValueIsRefused(arguments: [String]) {
        #expect(throws: UsageError.self) {
            var arguments = arguments
            _ = try ConfigurationArguments.extract(from: &arguments)
        }
    }
}
