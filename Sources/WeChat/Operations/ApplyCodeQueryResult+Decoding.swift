internal import JSON

extension ApplyCodeQueryResult {
    /// Reads what a successful answer says. Lenient about the types of scalars, since WeChat's own pages disagree about
    /// them; strict about what would be a wrong answer to the job.
    init(_ json: JSONValue, to query: ApplyCodeQuery) throws(UnreadableAnswer) {
        guard let status = try json.text("status") else { throw UnreadableAnswer("status: missing") }
        self.init(
            status: status,
            applicationID: try json.unsigned("application_id"),
            isvApplicationID: try json.text("isv_application_id"),
            codeGenerateList: try Self.ranges(json),
            // Their unit is anybody's guess; not worth failing a job for.
            createTime: json["create_time"]?.time,
            updateTime: json["update_time"]?.time)
        try checkEcho(of: query)
    }

    private static func ranges(_ json: JSONValue) throws(UnreadableAnswer) -> [CodeRange]? {
        guard let list = json.member("code_generate_list") else { return nil }
        guard let elements = list.elements else { throw .wrongType("code_generate_list", wanted: "an array", list) }
        var ranges: [CodeRange] = []
        for element in elements {
            guard let start = try element.unsigned("code_start"), let end = try element.unsigned("code_end") else {
                throw UnreadableAnswer("code_generate_list[\(ranges.count)]: code_start or code_end is missing")
            }
            guard start <= end else {
                throw UnreadableAnswer("code_generate_list[\(ranges.count)]: starts at \(start), after its end \(end)")
            }
            ranges.append(CodeRange(start: start, end: end))
        }
        return ranges
    }

    /// An answer about another application must never reach the one who asked for this one.
    private func checkEcho(of query: ApplyCodeQuery) throws(UnreadableAnswer) {
        if let asked = query.applicationID, let answered = applicationID, asked != answered {
            throw UnreadableAnswer("application_id: \(asked) was asked for, the answer is about \(answered)")
        }
        if let asked = query.isvApplicationID, let answered = isvApplicationID, asked != answered {
            throw UnreadableAnswer("isv_application_id: the answer is about another one than was asked for")
        }
    }
}

extension JSONValue {
    /// Nil for a negative one, which replies can't carry.
    fileprivate var time: Int64? { lenientInt64.flatMap { $0 < 0 ? nil : $0 } }
}
