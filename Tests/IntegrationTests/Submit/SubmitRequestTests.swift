import EventLoop
import QueryWorker
import Testing

@testable import query_worker

@Suite struct SubmitRequestTests {
    private let now = WallTime(millisecondsSince1970: 1_000_000_000_000)

    private func text(_ arguments: [String]) throws -> String? {
        guard case .job(let job) = try SubmitRequest(arguments: arguments, now: now).source else { return nil }
        return String(decoding: SubmitRequest.text(of: job), as: UTF8.self)
    }

    @Test func aJobSaysWhatTheFlagsSay() throws {
        #expect(
            try text(["--application-id", "18446744073709551615"]) == #"{"application_id":"18446744073709551615"}"#)
        #expect(
            try text([
                "--isv-application-id=a\"b=c", "--job-id", "J", "--account", "wx1", "--deadline", "30s", "--key", "k",
            ])
                == #"{"job_id":"J","account":"wx1","isv_application_id":"a\"b=c","deadline":"2001-09-09T01:47:10.000Z"}"#
        )
        #expect(
            try text(["--application-id", "1", "--deadline", "2026-11-25T09:30:00+08:00"])
                == #"{"application_id":"1","deadline":"2026-11-25T01:30:00.000Z"}"#)
    }

    @Test func jobsComeFromAFileOrFromStandardInput() throws {
        #expect(try SubmitRequest(arguments: ["--file", "jobs"]).source == .file("jobs"))
        for arguments in [["-"], ["--stdin"], ["--file", "-"]] {
            #expect(try SubmitRequest(arguments: arguments).source == .standardInput)
        }
        let request = try SubmitRequest(arguments: ["-", "--no-wait", "--timeout=90s", "--max-waiting", "7"])
        #expect(!request.waits)
        #expect(request.timeout == .seconds(90))
        #expect(request.maxWaiting == 7)
    }

    @Test(arguments: [
        (["--application-id"], "needs a value"), (["--application-id", "x"], "--application-id wants"),
        (["--application-id", "007"], "--application-id wants"),
        (["--application-id", "18446744073709551616"], "--application-id wants"),
        (["--isv-application-id", ""], "--isv-application-id wants"), (["--job-id", ""], "--job-id wants"),
        (["--application-id", "1", "--deadline", "soon"], "--deadline wants"),
        (["--application-id", "1", "--timeout", "0s"], "--timeout wants"),
        (["--application-id", "1", "--application-id", "2"], "twice"), (["-", "--max-waiting", "0"], "--max-waiting"),
        (["--file", "a", "-"], "exclude"), (["--file", "a", "--account", "wx1"], "single job"), ([], "say what to ask"),
        (["--stdin=1"], "no argument"), (["581865877"], "no argument"),
    ])
    func whatMakesNoSenseIsRefused(arguments: [String], says: String) {
        let error = #expect(throws: UsageError.self) { try SubmitRequest(arguments: arguments) }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }
}
