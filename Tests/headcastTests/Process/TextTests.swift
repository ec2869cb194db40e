import FoundationEssentials
import Testing

@testable import headcast

struct TextTests {
    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678"), (-1_234, "-1,234")])
    func `thousands are set apart`(value: Int, text: String) {
        #expect(Amount(value).description == text)
    }

    @Test(
        arguments: [
            (-5, "0 s"), (0, "0 s"), (0.5, "0 s"), (1.9, "1 s"), (11_520, "3 h 12 m"),
        ]
    )
    func `an age is that of whole seconds`(seconds: Double, text: String) {
        let now = Date(timeIntervalSince1970: 1_795_400_000)
        #expect(Age(since: now.addingTimeInterval(-seconds), at: now).description == text)
    }

    @Test func `columns are aligned and lines have no spaces at their ends`() {
        var table = TextTable(["NAME": .left, "COUNT": .right, "NOTE": .left])
        table.append(["orders", "7", ""])
        table.append(["x", "1,000,000", "late"])
        #expect(
            table.lines == [
                "NAME        COUNT  NOTE",
                "orders          7",
                "x       1,000,000  late",
            ])
    }
}
