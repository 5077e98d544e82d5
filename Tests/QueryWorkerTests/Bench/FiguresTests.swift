import QueryWorker
import Testing

@Suite struct FiguresTests {
    @Test(arguments: [
        (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (-12345, "-12,345"), (1_234_567, "1,234,567"),
    ])
    func thousandsAreSetApart(_ number: Int, _ text: String) { #expect(Figures.grouped(number) == text) }

    @Test(arguments: [
        (0, "0"), (0.1234, "0.123"), (4.567, "4.57"), (45.67, "45.7"), (456.7, "457"), (4567.8, "4,568"),
        (-0.5, "-0.500"),
        (0.9999, "1.00"), (9.999, "10.0"), (99.99, "100"),
    ])
    func threeDigitsAreEnough(_ number: Double, _ text: String) { #expect(Figures.short(number) == text) }

    @Test func whatIsNotKnownIsADash() {
        #expect(Figures.short(nil) == "-")
        #expect(Figures.short(.nan) == "-")
        #expect(Figures.fixed(.infinity, digits: 1) == "-")
    }

    @Test func aRoundedFractionKeepsItsZeros() {
        #expect(Figures.fixed(9.999, digits: 1) == "10.0")
        #expect(Figures.fixed(1.004, digits: 2) == "1.00")
        #expect(Figures.fixed(-0.04, digits: 1) == "0.0")
    }

    @Test func theMedianOfAnEvenNumberIsBetweenTheMiddleTwo() {
        let spread = Spread([4, 1, 3, 10])
        #expect(spread.median == 3.5)
        #expect(spread.min == 1)
        #expect(spread.max == 10)
        #expect(Spread([2, 9, 1]).median == 2)
    }
}
