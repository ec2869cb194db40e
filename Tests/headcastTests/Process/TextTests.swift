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
            (-5, "0 s"), (0, "0 s"), (59, "59 s"), (60, "1 m"), (61, "1 m 1 s"), (3_600, "1 h"), (11_520, "3 h 12 m"),
            (86_400, "1 d"), (90_000, "1 d 1 h"), (90_059, "1 d 1 h"),
        ]
    )
    func `an age has at most two units`(seconds: Int, text: String) {
        let now = Date(timeIntervalSince1970: 1_795_400_000)
        #expect(Age(since: now.addingTimeInterval(TimeInterval(-seconds)), at: now).description == text)
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
