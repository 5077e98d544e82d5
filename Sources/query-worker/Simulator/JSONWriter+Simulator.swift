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

    mutating func write(_ issued: SimulatedTokens.Issued) {
        removeAll()
        beginObject()
        key("access_token")
        string(issued.token)
        key("expires_in")
        integer(issued.lifetime.components.seconds)
        endObject()
    }

    /// A text such as `application not exist hint: [3fa9c1] rid: 67453f2a-0c4be9d1-5e2f7a86`; a rid begins with the
    /// server's Unix time in hexadecimal.
    mutating func write(
        _ code: SimulatedErrorCode, _ text: StaticString, at wallTime: WallTime, using generator: inout SplitMix64
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
