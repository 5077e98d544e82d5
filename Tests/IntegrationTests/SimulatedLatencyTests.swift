import EventLoop
import Testing

@testable import query_worker

@Suite struct SimulatedLatencyTests {
    private func draws(_ text: String, seed: UInt64 = 1) throws -> [Double] {
        let latency = try #require(SimulatedLatency(text))
        var generator = SplitMix64(seed: seed)
        return (0..<10_000).map { _ in latency.draw(using: &generator).inSeconds * 1000 }
    }

    @Test func isFixed() throws {
        #expect(try Set(draws("5ms")) == [5])
    }

    @Test func isEvenlySpread() throws {
        let values = try draws("uniform:10ms,20ms")
        #expect(values.allSatisfy { (10...20).contains($0) })
        #expect(abs(values.reduce(0, +) / 10_000 - 15) < 0.2)
    }

    @Test func isLogNormalWithTheMeanThatWasAskedFor() throws {
        let values = try draws("lognormal:30ms,0.5")
        #expect(abs(values.reduce(0, +) / 10_000 - 30) < 1)
        #expect(values.max() ?? 0 > 100)
        #expect(values.min() ?? 0 > 0)
    }

    @Test func followsFromTheSeed() throws {
        #expect(try draws("lognormal:30ms,0.5") == draws("lognormal:30ms,0.5"))
        #expect(try draws("lognormal:30ms,0.5") != draws("lognormal:30ms,0.5", seed: 2))
    }
}
