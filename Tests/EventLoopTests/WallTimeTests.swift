import EventLoop
import Testing

@Suite struct WallTimeTests {
    static let pairs: [(Int64, String)] = [
        (0, "1970-01-01T00:00:00.000Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (1_795_568_523_456, "2026-11-25T01:02:03.456Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (951_868_799_999, "2000-02-29T23:59:59.999Z"),
        (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"),
        (1_735_689_599_999, "2024-12-31T23:59:59.999Z"),
        (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ]

    @Test(arguments: pairs)
    func writesAndReadsTheSameTime(milliseconds: Int64, text: String) {
        let time = WallTime(millisecondsSince1970: milliseconds)
        var bytes = Array("at ".utf8)
        time.appendRFC3339(to: &bytes)
        #expect(time.rfc3339 == text)
        #expect(String(decoding: bytes, as: UTF8.self) == "at " + text)
        #expect(WallTime(rfc3339: text) == time)
    }

    @Test func everyDayOfFourCenturiesSurvivesWritingAndReading() {
        for day in Int64(-70_000)..<76_097 {
            let time = WallTime(millisecondsSince1970: day * 86_400_000)
            guard WallTime(rfc3339: time.rfc3339) == time else {
                Issue.record("day \(day) became \(time.rfc3339)")
                return
            }
        }
    }

    @Test(arguments: [(Int64.min, "0000-01-01T00:00:00.000Z"), (Int64.max, "9999-12-31T23:59:59.999Z")])
    func timesBeyondFourDigitYearsAreWrittenAsTheNearestEnd(milliseconds: Int64, text: String) {
        #expect(WallTime(millisecondsSince1970: milliseconds).rfc3339 == text)
    }

    @Test(arguments: [
        ("2026-11-25T01:02:03Z", "2026-11-25T01:02:03.000Z"),
        ("2026-11-25t01:02:03z", "2026-11-25T01:02:03.000Z"),
        ("2026-11-25T01:02:03.4Z", "2026-11-25T01:02:03.400Z"),
        ("2026-11-25T01:02:03.4569999999999999999999999Z", "2026-11-25T01:02:03.456Z"),
        ("2026-11-25T01:02:03+08:00", "2026-11-24T17:02:03.000Z"),
        ("2026-11-25T01:02:03.456-05:30", "2026-11-25T06:32:03.456Z"),
        ("2026-11-25T01:02:03-00:00", "2026-11-25T01:02:03.000Z"),
        ("2026-11-25T01:02:03+23:59", "2026-11-24T01:03:03.000Z"),
        ("1998-12-31T23:59:60Z", "1999-01-01T00:00:00.000Z"),
        ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00.000Z"),
        ("2015-07-01T07:59:60.250+08:00", "2015-07-01T00:00:00.250Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"),
    ])
    func readsWhatTheRFCAllows(text: String, expected: String) {
        #expect(WallTime(rfc3339: text)?.rfc3339 == expected)
        #expect(WallTime(rfc3339: ("<" + text).dropFirst())?.rfc3339 == expected, "as a Substring")
    }

    @Test(arguments: [
        "", "2026", "2026-11-25", "2026-11-25T01:02Z", "2026-11-25T01:02:03", "2026-11-25 01:02:03Z",
        "2026-11-25T01:02:03.Z", "2026-11-25T01:02:03,5Z", "2026-11-25T01:02:03Z ", " 2026-11-25T01:02:03Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:61Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+08:60", "2026-01-01T00:00:00+0800",
        "2026-01-01T00:00:00+08", "1998-12-31T22:59:60Z", "1998-12-31T23:58:60Z", "1998-12-30T23:59:60Z",
        "+026-01-01T00:00:00Z", "２０２６-01-01T00:00:00Z", "2026-01-01T00:00:00\u{0}", "26-01-01T00:00:00Z",
    ])
    func refusesWhatIsNoTime(text: String) {
        #expect(WallTime(rfc3339: text) == nil)
    }
}
