import Foundation
import FoundationXML
import QueryWorker
import Testing

@testable import struct QueryWorker.ChartAxis

@Suite struct SweepChartTests {
    private func chart(_ values: [Double], limit: [Double?] = [], title: String = "a sweep") -> String {
        SweepChart(
            title: title, remarks: ["one", "<two> & \u{1}three"], stepTitle: "latency",
            steps: values.indices.map { "\($0) ms" },
            panels: [
                SweepChart.Panel(
                    title: "jobs per second", values: values.map { Spread([$0, $0 * 0.9, $0 * 1.1]) }, limit: limit,
                    limitTitle: "the most"),
                SweepChart.Panel(title: "CPU µs", values: values.map { Spread([$0]) }),
            ]
        ).svg
    }

    @Test(arguments: [
        [16_600, 12_000, 900], [0], [0, 0, 0], [0.001, 1_000_000_000], [.nan, .infinity, 3],
        [Double.greatestFiniteMagnitude],
    ])
    func itIsWellFormedWhateverTheValuesAre(_ values: [Double]) {
        let svg = chart(values)
        let parser = XMLParser(data: Data(svg.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(!svg.lowercased().contains("nan") && !svg.contains("inf"))
    }

    @Test func titlesAndStepsAreWrittenAsText() {
        let svg = chart([5, 10], title: "1 < 2 & so on")
        #expect(svg.contains("<title>1 &lt; 2 &amp; so on</title>"))
        #expect(svg.contains("&lt;two&gt; &amp;  three"))
        #expect(svg.contains(">1 ms</text>"))
        #expect(svg.contains("fill=\"#fff\""))
    }

    @Test func aLimitThatDoesNotFitInIsLeftOut() {
        #expect(!chart([100, 100], limit: [nil, 100_000]).contains("dashed"))
        #expect(chart([100, 100], limit: [100_000, 105]).contains("dashed: the most"))
    }

    @Test(arguments: [0.003, 1, 7, 99, 16_600, 128_000])
    func theAxisHasFewRoundMarksAndRoomForALabel(_ largest: Double) {
        let axis = ChartAxis(largest: largest)
        #expect((3...6).contains(axis.marks.count), "\(axis.marks)")
        #expect(axis.end >= largest * 1.1)
        #expect(axis.end <= largest * 2)
        #expect(axis.marks.first == 0)
    }
}
