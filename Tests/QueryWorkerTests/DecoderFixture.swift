import EventLoop
import QueryWorker

/// A decoder with the account `wxABC`, as jobs meet it.
@EventLoopActor
struct DecoderFixture {
    let decoder: QueryJobDecoder

    init(defaultAccount: String? = "wxABC", acceptsAnyAccount: Bool = false) {
        decoder = QueryJobDecoder(
            accounts: ["wxABC", "wxdef"], defaultAccount: defaultAccount, acceptsAnyAccount: acceptsAnyAccount)
    }

    func decode(_ bytes: [UInt8]) -> QueryJobDecoder.Decoded { bytes.withUnsafeBytes { decoder.decode($0) } }

    func decode(_ text: String) -> QueryJobDecoder.Decoded { decode(Array(text.utf8)) }

    /// Decodes a job whose fields are right but for those given, as they stand in the JSON.
    func decode(fields: String) -> QueryJobDecoder.Decoded {
        decode(#"{"job_id":"a1","application_id":7\#(fields.isEmpty ? "" : ",")\#(fields)}"#)
    }
}

extension QueryJobDecoder.Decoded {
    var job: QueryJob? {
        if case .job(let job) = self { job } else { nil }
    }

    var failure: JobFailure? {
        if case .refused(_, let failure) = self { failure } else { nil }
    }

    var identity: JobIdentity {
        switch self {
        case .job(let job): job.identity
        case .refused(let identity, _): identity
        }
    }
}
