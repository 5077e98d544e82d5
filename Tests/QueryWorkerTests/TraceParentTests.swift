import Kafka
import Testing

@testable import QueryWorker

@Suite struct TraceParentTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    private func traceID(_ headers: [(String, String?)]) throws -> String? {
        try ReplyRoute(
            headers: headers.map { KafkaHeader(name: $0.0, value: $0.1.map { Array($0.utf8) }) },
            defaultTopic: "replies", allowedTopics: []
        ).traceID
    }

    @Test func traceIDIsTheHeadersSecondPart() throws {
        #expect(try traceID([("traceparent", "00-\(Self.trace)-00f067aa0ba902b7-01")]) == Self.trace)
        let unsampled = "00-\(Self.trace)-00f067aa0ba902b7-00"
        #expect(try traceID([("correlation-id", "1"), ("traceparent", unsampled)]) == Self.trace)
    }

    @Test func ofSeveralTheLastCounts() throws {
        let other = String(repeating: "a", count: 32)
        let headers = [other, Self.trace].map { ("traceparent", "00-\($0)-00f067aa0ba902b7-01") }
        #expect(try traceID(headers) == Self.trace)
    }

    @Test func withoutTheHeaderThereIsNone() throws {
        #expect(try traceID([]) == nil)
        #expect(try traceID([("tracestate", "00-\(Self.trace)-00f067aa0ba902b7-01")]) == nil)
        #expect(try traceID([("traceparent", nil)]) == nil)
    }

    @Test(arguments: [
        "", "00", "00-\(trace)-00f067aa0ba902b7", "00-\(trace)-00f067aa0ba902b7-1", "00-\(trace)-00f067aa0ba902b7-011",
        "01-\(trace)-00f067aa0ba902b7-01", "ff-\(trace)-00f067aa0ba902b7-01", "00_\(trace)-00f067aa0ba902b7-01",
        "00-\(trace)_00f067aa0ba902b7-01", "00-\(trace)-00f067aa0ba902b7_01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-\(trace)-0000000000000000-01",
        "00-\(trace.uppercased())-00f067aa0ba902b7-01", "00-\(trace.dropLast())g-00f067aa0ba902b7-01",
        "00-\(trace)-00f067aa0ba902bg-01", "00-\(trace)-00f067aa0ba902b7-0g", "00-\(trace)-00f067aa0ba902b7-01 ",
        "00-\(trace.dropLast(2))é-00f067aa0ba902b7-01",
    ])
    func whatIsNoHeaderOfTheStandardIsIgnored(header: String) throws {
        #expect(try traceID([("traceparent", header)]) == nil)
    }
}
