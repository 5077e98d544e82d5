import EventLoop
import Testing
import WeChat

@testable import query_worker

/// The parts of which faults on purpose are made, without a server.
@Suite struct SimulatedTroublesTests {
    private let noon = WallTime(millisecondsSince1970: 1_800_000_000_000 / 60_000 * 60_000)

    @Suite struct Flapping {
        /// The share of evenly made calls that is refused, and how many runs of refusals they make.
        private func weather(
            _ rate: Double, burst: Duration, seed: UInt64 = 1, appid: String = "wx1"
        ) -> [Bool] {
            var flapping = SimulatedFlapping()
            flapping.rates.set(rate, for: nil)
            flapping.burst = burst
            let start = MonotonicTime(nanoseconds: 0)
            return (0..<100_000).map {
                flapping.refuses(appid, at: start + .milliseconds(10 * $0), seed: seed)
            }
        }

        private func bursts(_ weather: [Bool]) -> Int { zip(weather, weather.dropFirst()).count { !$0 && $1 } }

        @Test(arguments: [0.1, 0.45, 0.9]) func refusesItsShareInBursts(rate: Double) {
            let weather = weather(rate, burst: .seconds(1))
            let share = Double(weather.count { $0 }) / 100_000
            #expect(abs(share - rate) < 0.06)
            // 1000 seconds: one burst each second divided by the rate.
            #expect(abs(Double(bursts(weather)) - 1000 * rate) < 150 + 100 * rate)
        }

        @Test func refusesEachCallByItselfWithoutBursts() {
            let weather = weather(0.45, burst: .zero)
            #expect(abs(Double(weather.count { $0 }) / 100_000 - 0.45) < 0.01)
            #expect(abs(Double(bursts(weather)) / 100_000 - 0.45 * 0.55) < 0.01)
        }

        @Test func followsFromSeedAndAccount() {
            let first = weather(0.5, burst: .seconds(1))
            #expect(first == weather(0.5, burst: .seconds(1)))
            #expect(first != weather(0.5, burst: .seconds(1), seed: 2))
            #expect(first != weather(0.5, burst: .seconds(1), appid: "wx2"))
        }

        @Test(arguments: [0.0, 1.0]) func hasEnds(rate: Double) {
            #expect(Set(weather(rate, burst: .seconds(1))) == [rate == 1])
        }
    }

    @Test func grantsADaysQuotaToEachAccount() {
        var quota = SimulatedQuota(perMinute: false)
        quota.set(2, for: nil)
        quota.set(1, for: "wx2")
        expect(&quota, "wx1", at: noon, [true, true, false])
        expect(&quota, "wx2", at: noon, [true, false])
        expect(&quota, "wx1", at: noon + .seconds(90), [false])
        quota.set(1, for: nil)
        expect(&quota, "wx1", at: noon, [true, false])
    }

    @Test func grantsAMinutesQuotaInEachMinuteOfTheClock() {
        var quota = SimulatedQuota(perMinute: true)
        quota.set(1, for: nil)
        expect(&quota, "wx1", at: noon + .seconds(59), [true])
        expect(&quota, "wx1", at: noon + .milliseconds(59_999), [false])
        expect(&quota, "wx1", at: noon + .seconds(60), [true, false])
    }

    private func expect(
        _ quota: inout SimulatedQuota, _ appid: String, at wallTime: WallTime, _ expected: [Bool],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let taken = expected.map { _ in quota.take(for: appid, at: wallTime) }
        #expect(taken == expected, sourceLocation: sourceLocation)
    }

    @Test func drawsErrorsAsTheirRatesSay() {
        var errors = SimulatedErrors()
        errors.set(.busy, rate: 0.9, for: nil)
        errors.set(.busy, rate: 0.25, for: nil)
        errors.set(.notAuthorized, rate: 0.5, for: "wx1")
        var generator = SplitMix64(seed: 1)
        let ofOne = (0..<10_000).map { _ in errors.draw(for: "wx1", using: &generator) }
        let ofAnother = (0..<10_000).map { _ in errors.draw(for: "wx2", using: &generator) }
        #expect(abs(ofOne.count { $0 == .busy } - 2500) < 150)
        #expect(abs(ofOne.count { $0 == .notAuthorized } - 5000) < 150)
        #expect(abs(ofAnother.count { $0 == .busy } - 2500) < 150)
        #expect(!ofAnother.contains(.notAuthorized))
    }

    @Test(
        arguments: [
            (SimulatedRetryAfter.text("120"), "120"),
            (.date(seconds: 0), "Sun, 06 Nov 1994 08:49:37 GMT"),
            (.date(seconds: -37), "Sun, 06 Nov 1994 08:49:00 GMT"),
        ])
    func writesRetryAfter(header: SimulatedRetryAfter, expected: String) {
        #expect(header.value(at: WallTime(millisecondsSince1970: 784_111_777_000)) == expected)
    }

    @Test(arguments: WeChatErrorCode.table.map(\.code)) func hasATextForEachKnownCode(code: Int) {
        #expect(SimulatedErrorCode.englishTexts[code] != nil)
    }

    @Test func cutsChineseTexts() {
        #expect(
            SimulatedErrorCode.invalidCredential.text(at: .query, isChinese: true)
                == "获取 access_token 时 AppSecret 错误，或者 access_token 无效...")
        #expect(SimulatedErrorCode(rawValue: 12345).text(at: nil, isChinese: true).hasSuffix("..."))
        #expect(SimulatedErrorCode(rawValue: 12345).text(at: nil, isChinese: false) == "request failed")
    }
}
