import QueryWorker
import Testing

@Suite struct SecretTests {
    @Test func isNeverShown() {
        let secret = Secret("hush")
        var dumped = ""
        dump((secret, [secret], Optional(secret)), to: &dumped)
        #expect("\(secret)" == "***")
        #expect(String(reflecting: secret) == "***")
        #expect("\([secret])" == "[***]")
        #expect(!dumped.contains("hush"))
    }

    @Test(arguments: [("hush", "hush"), ("hush\n", "hush"), ("hush\r\n", "hush"), (" hush \n\n", " hush \n")])
    func losesOneFinalLineFeed(text: String, secret: String) throws {
        #expect(try Secret(text).read() == secret)
        #expect(try Secret(file: "f") { _ throws(FileError) in Array(text.utf8) }.read() == secret)
    }

    @Test(
        arguments: [([], "it is empty"), ([0x0a], "it is empty"), ([0xff], "it is not UTF-8 text")]
            as [([UInt8], String)])
    func aFileWithoutASecretIsAnError(bytes: [UInt8], reason: String) {
        let secret = Secret(file: "/run/s") { _ throws(FileError) in bytes }
        #expect(throws: FileError(path: "/run/s", reason: reason)) { try secret.read() }
    }

    @Test func aFileOfALaterSourceReplacesASecretAndTheOtherWayRound() throws {
        var fixture = ConfigurationFixture(
            assignments: ["account.wx1.secret.file=/s"], otherFiles: ["/s": Array("f".utf8)])
        #expect(try fixture.load().configuration.accounts.first?.secret?.read() == "f")
        fixture.file = "kafka.bootstrap.servers=b:1\naccount.wx1.secret.file=/none"
        fixture.assignments = ["account.wx1.secret=inline"]
        #expect(try fixture.load().configuration.accounts.first?.secret?.read() == "inline")
    }

    @Test func bothInOneSourceAreRefused() {
        let fixture = ConfigurationFixture(
            file: ConfigurationFixture.complete + "\naccount.wx1.secret.file=/s", otherFiles: ["/s": Array("f".utf8)])
        #expect(
            fixture.problems == [
                "account.wx1.secret.file: account.wx1.secret is set beside it; keep one of the two (from worker.conf:3)"
            ])
    }

    @Test(arguments: [
        ("account.wx1.secret=", "account.wx1.secret: is empty; give the secret, or take the key away (from --set)"),
        (
            "account.wx1.secret.file=/no",
            "account.wx1.secret.file: cannot use /no: No such file or directory; the worker's"
        ),
    ])
    func whatCannotBeReadAtTheStartIsAProblem(assignment: String, problem: String) {
        let problems = ConfigurationFixture(assignments: [assignment]).problems
        #expect(problems.count == 1 && problems.allSatisfy { $0.hasPrefix(problem) }, "\(problems)")
    }
}
