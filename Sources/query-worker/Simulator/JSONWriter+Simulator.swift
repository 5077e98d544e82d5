internal import EventLoop
internal import JSON

/// WeChat's answers as JSON texts. Each replaces what the writer held before.
extension JSONWriter {
    mutating func write(_ application: SimulatedApplication, isFinished: Bool) {
        removeAll()
        beginObject()
        key("errcode")
        integer(0)
        key("errmsg")
        string("ok")
        key("status")
        string(isFinished ? "FINISH" : "INIT")
        key("application_id")
        integer(application.number)
        if let outsideID = application.outsideID {
            key("isv_application_id")
            string(outsideID)
        }
        if isFinished {
            key("code_generate_list")
            beginArray()
            for range in application.codeRanges {
                beginObject()
                key("code_start")
                integer(range.lowerBound)
                key("code_end")
                integer(range.upperBound)
                endObject()
            }
            endArray()
        }
        key("create_time")
        integer(application.createTime)
        key("update_time")
        integer(application.createTime + (isFinished ? 60 : 0))
        endObject()
    }

    /// - Parameter refreshToken: of an authorizer.
    mutating func write(_ issued: SimulatedTokens.Issued, as name: StaticString, refreshToken: String? = nil) {
        removeAll()
        beginObject()
        members(issued, as: name, refreshToken: refreshToken)
        endObject()
    }

    /// What an authorisation code is exchanged for. Permission set 46 is the one for marketcode.
    mutating func write(authorizationOf appid: String, _ issued: SimulatedTokens.Issued, refreshToken: String) {
        removeAll()
        beginObject()
        key("authorization_info")
        beginObject()
        key("authorizer_appid")
        string(appid)
        members(issued, as: "authorizer_access_token", refreshToken: refreshToken)
        key("func_info")
        raw(#"[{"funcscope_category":{"id":1}},{"funcscope_category":{"id":46}}]"#)
        endObject()
        endObject()
    }

    /// A page of a component's list of authorizers.
    mutating func write(_ authorizers: some Sequence<(appid: String, refreshToken: String?)>, of total: Int) {
        removeAll()
        beginObject()
        key("total_count")
        integer(total)
        key("list")
        beginArray()
        for (appid, refreshToken) in authorizers {
            beginObject()
            key("authorizer_appid")
            string(appid)
            key("refresh_token")
            string(refreshToken ?? "")
            key("auth_time")
            integer(1_541_484_422)
            endObject()
        }
        endArray()
        endObject()
    }

    private mutating func members(
        _ issued: SimulatedTokens.Issued, as name: StaticString, refreshToken: String?
    ) {
        key(name)
        string(issued.token)
        key("expires_in")
        integer(issued.lifetime.components.seconds)
        if let refreshToken {
            key("authorizer_refresh_token")
            string(refreshToken)
        }
    }

    /// A text such as `application not exist hint: [3fa9c1] rid: 67453f2a-0c4be9d1-5e2f7a86`; a rid begins with the
    /// server's Unix time in hexadecimal.
    mutating func write(
        _ code: SimulatedErrorCode, _ text: String, at wallTime: WallTime, using generator: inout SplitMix64
    ) {
        let seconds = UInt32(truncatingIfNeeded: wallTime.millisecondsSince1970 / 1000)
        let random = generator.next()
        let high = UInt32(truncatingIfNeeded: random >> 32)
        let low = UInt32(truncatingIfNeeded: random)
        let hint = Self.hexadecimal(high ^ low).dropFirst(2)
        let rid = [seconds, high, low].map(Self.hexadecimal).joined(separator: "-")
        removeAll()
        beginObject()
        key("errcode")
        integer(code.rawValue)
        key("errmsg")
        string("\(text) hint: [\(hint)] rid: \(rid)")
        endObject()
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
}
