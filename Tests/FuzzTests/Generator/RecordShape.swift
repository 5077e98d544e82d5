/// What a target's valid inputs look like, for the generator to keep to and to break.
struct RecordShape {
    /// Members of the object, with values that are right, as they stand in the JSON.
    let members: [(name: String, values: [String])]

    static func of(_ target: FuzzTargetName) -> RecordShape? {
        switch target {
        case .job: job
        case .answer: answer
        case .credentials: record
        case .ledger: nil
        }
    }

    private static let job = RecordShape(members: [
        ("job_id", [#""a1""#, #""8d7b0f0e-6b1c-4a57""#]),
        ("operation", [#""applycodequery""#, "null"]),
        ("account", [#""wxABC""#, #""WXDEF""#, "null"]),
        ("application_id", ["7", #""581865877""#, "18446744073709551615", "null"]),
        ("isv_application_id", [#""testid124""#, #""单号 é 👍""#]),
        ("deadline", [#""2026-11-25T01:02:03Z""#, #""2016-12-31T23:59:60.5+00:00""#, "null"]),
    ])

    private static let answer = RecordShape(members: [
        ("errcode", ["0", #""0""#, "null", "80300", "40001", "-1"]),
        ("errmsg", [#""ok""#, #""refused rid: 6543a2b1-0a1b2c3d""#, "\"access_token=\(FuzzSecret.text)\""]),
        ("status", [#""FINISH""#, #""INIT""#]),
        ("application_id", ["581865877", #""581865877""#, "null"]),
        ("isv_application_id", [#""testid124""#, "7"]),
        ("code_generate_list", [#"[{"code_start":0,"code_end":49999}]"#, "[]", "null"]),
        ("create_time", ["1541484422", #""1541484422""#]),
        ("access_token", ["\"\(FuzzSecret.text)\""]),
        ("expires_in", ["7200", #""7200""#]),
    ])

    private static let token = #"{"value":"\#(FuzzSecret.text)","expires_at":"2026-11-25T01:02:03Z","generation":7}"#

    private static let record = RecordShape(members: [
        ("format", ["1"]),
        ("type", [#""intent""#, #""rejected""#, #""ticket""#, #""authorized""#, #""unauthorized""#]),
        ("component", [#""wx0000000000000001""#, "null"]),
        ("account", [#""wx0123456789abcdef""#, "null"]),
        ("generation", ["7", "1"]),
        ("instance", [#""worker-0""#]),
        ("received_at", [#""2026-11-25T01:02:03.456Z""#]),
        ("refresh_token", ["\"\(FuzzSecret.text)\""]),
        ("unauthorized", ["true", "false"]),
        ("ticket", ["\"\(FuzzSecret.text)\""]),
        ("ticket_received_at", [#""2026-11-25T01:02:03.456Z""#]),
        ("token", [token, "null"]),
    ])
}
