import QueryWorker
import Testing

@Suite struct JobTextReaderTests {
    private let reader = JobTextReader()

    private func read(_ text: String) throws -> (value: String, jobID: String, key: String?) {
        let job = try reader.read(Array(text.utf8), spareID: "spare-1")
        return (
            String(decoding: job.value, as: UTF8.self), job.jobID, job.key.map { String(decoding: $0, as: UTF8.self) }
        )
    }

    @Test(arguments: [
        #"{"job_id":"a","application_id":18446744073709551615,"note":[1, 2.50, null]}"#,
        #" {"application_id" : 1e400, "job_id": "a"} "#, #"{"job_id":"a","huge":18446744073709551616}"#,
    ])
    func aJobWithANameIsPassedByteForByte(text: String) throws {
        let job = try read(text)
        #expect(job.value == text)
        #expect(job.jobID == "a")
    }

    @Test(arguments: [
        (#"{"application_id":1}"#, #"{"job_id":"spare-1","application_id":1}"#),
        (#" { "a":{"job_id":"inner"}}"#, #" {"job_id":"spare-1", "a":{"job_id":"inner"}}"#),
        ("{}", #"{"job_id":"spare-1"}"#), ("{ }", #"{"job_id":"spare-1" }"#),
    ])
    func aJobWithoutANameGetsOne(text: String, named: String) throws {
        let job = try read(text)
        #expect(job.value == named)
        #expect(job.jobID == "spare-1")
    }

    @Test(arguments: [
        (#"{"application_id":18446744073709551615}"#, "18446744073709551615"),
        (#"{"application_id":"581865877","isv_application_id":"x"}"#, "581865877"),
        (#"{"isv_application_id":"订单"}"#, "订单"), ("{}", nil), (#"{"application_id":-1}"#, nil),
    ])
    func theKeyIsWhatTheJobAsksFor(text: String, key: String?) throws {
        #expect(try read(text).key == key)
    }

    @Test(arguments: [("[1]", "an array"), ("7", "an integer"), ("job", "not valid JSON"), ("{", "not valid JSON")])
    func whatIsNoObjectIsNoJob(text: String, says: String) {
        let error = #expect(throws: JobText.NoJob.self) { try read(text) }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }
}
