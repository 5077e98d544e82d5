internal import EventLoop
package import JSON
internal import WeChat

extension QueryReply {
    /// Writes the reply as `query-reply.v1`.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("schema")
        writer.string("query-reply.v1")
        writer.key("job_id")
        writer.stringOrNull(identity.jobID)
        writer.key("operation")
        writer.stringOrNull(identity.operation)
        writer.key("account")
        writer.stringOrNull(identity.account)
        write(outcome, to: &writer)
        writer.key("request")
        write(identity.request, to: &writer)
        writer.key("attempts")
        writer.integer(attempts)
        writer.key("duration_ms")
        writer.integer(duration.wholeMilliseconds)
        writer.key("completed_at")
        completedAt.withRFC3339 { writer.string(utf8: $0) }
        writer.key("source")
        writer.beginObject()
        writer.key("topic")
        writer.string(source.topic)
        writer.key("partition")
        writer.integer(source.partition)
        writer.key("offset")
        writer.integer(source.offset)
        writer.endObject()
        writer.endObject()
    }

    private func write(_ outcome: Outcome, to writer: inout JSONWriter) {
        writer.key("outcome")
        switch outcome {
        case .succeeded(let result):
            writer.string("succeeded")
            writer.key("result")
            write(result, to: &writer)
        case .failed(let failure):
            writer.string("failed")
            writer.key("error")
            write(failure, to: &writer)
        }
    }

    /// What WeChat left out is left out here too.
    private func write(_ result: ApplyCodeQueryResult, to writer: inout JSONWriter) {
        writer.beginObject()
        if let id = result.applicationID {
            writer.key("application_id")
            writer.integer(id)
        }
        if let id = result.isvApplicationID {
            writer.key("isv_application_id")
            writer.string(id)
        }
        writer.key("status")
        writer.string(result.status)
        writer.key("finished")
        writer.bool(result.isFinished)
        if let ranges = result.codeGenerateList {
            writer.key("code_generate_list")
            writer.beginArray()
            for range in ranges {
                writer.beginObject()
                writer.key("code_start")
                writer.integer(range.start)
                writer.key("code_end")
                writer.integer(range.end)
                writer.endObject()
            }
            writer.endArray()
        }
        if let time = result.createTime {
            writer.key("create_time")
            writer.integer(time)
        }
        if let time = result.updateTime {
            writer.key("update_time")
            writer.integer(time)
        }
        writer.endObject()
    }

    private func write(_ failure: JobFailure, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("kind")
        writer.string(failure.kind.name)
        if let errcode = failure.errcode {
            writer.key("errcode")
            writer.integer(errcode)
        }
        writer.key("message")
        writer.string(failure.message)
        if let rid = failure.rid {
            writer.key("rid")
            writer.string(rid)
        }
        writer.key("retryable")
        writer.bool(failure.isRetryable)
        if let time = failure.retryAt {
            writer.key("retry_at")
            writer.string(time.rfc3339)
        }
        writer.endObject()
    }

    private func write(_ request: RequestedIDs?, to writer: inout JSONWriter) {
        guard let request else { return writer.null() }
        writer.beginObject()
        switch request.applicationID {
        case .number(let number):
            writer.key("application_id")
            writer.integer(number)
        case .text(let text):
            writer.key("application_id")
            writer.string(text)
        case nil:
            break
        }
        if let id = request.isvApplicationID {
            writer.key("isv_application_id")
            writer.string(id)
        }
        writer.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func stringOrNull(_ text: String?) {
        if let text { string(text) } else { null() }
    }
}
