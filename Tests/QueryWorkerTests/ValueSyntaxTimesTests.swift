import EventLoop
import Testing
import WeChat

@testable import QueryWorker

@Suite struct ValueSyntaxTimesTests {
    @Test(arguments: [
        ("00:00+08:00", 16 * 60), ("16:00Z", 16 * 60), ("00:00Z", 0), ("23:59Z", 1439), ("08:00+08:00", 0),
        ("07:59+08:00", 1439), ("20:00-04:00", 0), ("23:59-00:01", 0), ("05:30+05:30", 0), ("00:00-23:59", 1439),
        ("00:00+23:59", 1),
    ])
    func readsTimesOfDay(text: String, minute: Int) {
        #expect(
            ValueSyntax<QuotaReset>.timeOfDay.parse(text) == QuotaReset(sinceMidnightUTC: .seconds(minute * 60)))
    }

    @Test(arguments: [
        "", "00:00", "24:00Z", "00:60Z", "0:00Z", "00:00z", "00:00 Z", "00:00+8:00", "00:00+0800", "00:00+24:00",
        "-1:00Z", "00:00:00Z", "٠٠:٠٠Z", "00:00+08:00 ", "00-00Z", "00:00ZZ",
    ])
    func refusesWhatIsNoTimeOfDay(text: String) { #expect(ValueSyntax<QuotaReset>.timeOfDay.parse(text) == nil) }

    @Test(arguments: [
        ("16:00Z", "00:00+08:00"), ("00:00Z", "08:00+08:00"), ("23:59Z", "07:59+08:00"), ("09:05+08:00", "09:05+08:00"),
    ])
    func writesTimesOfDayAsInChina(text: String, written: String) throws {
        let syntax = ValueSyntax<QuotaReset>.timeOfDay
        let reset = try #require(syntax.parse(text))
        #expect(syntax.format(reset) == written)
        #expect(syntax.parse(written) == reset)
    }

    @Test(arguments: [
        ("10/s", CallRate(calls: 10, per: .seconds(1))), ("600/m", CallRate(calls: 600, per: .seconds(60))),
        ("5000/h", CallRate(calls: 5000, per: .seconds(3600))), ("1/h", CallRate(calls: 1, per: .seconds(3600))),
        ("1000000/s", CallRate(calls: 1_000_000, per: .seconds(1))),
    ])
    func readsAndWritesRates(text: String, rate: CallRate) {
        #expect(ValueSyntax<CallRate>.callRate.parse(text) == rate)
        #expect(ValueSyntax<CallRate>.callRate.format(rate) == text)
    }

    @Test(arguments: [
        "", "/", "10", "10/", "/s", "0/s", "-1/s", "+1/s", "1.5/s", "10/d", "10/S", "10 /s", "10/s/s", "1000001/s",
        "99999999999999999999/s", "١/s",
    ])
    func refusesWhatIsNoRate(text: String) { #expect(ValueSyntax<CallRate>.callRate.parse(text) == nil) }
}
