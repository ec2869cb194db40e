import FoundationEssentials
import Testing

@testable import headcast_benchmark

struct ReportTests {
    private static func section() -> Section {
        var comparison = Comparison()
        comparison.append(ours: 1_500_000, yardstick: 100_000)
        let losses = [Figure("lostPercent", 0.05, heading: "LOST %")]
        return Section(
            name: "fanout", about: "What is what.", unit: "deliveries/s",
            rows: [
                Row(["format": "raw", "subscribers": 100], comparison.figures + losses),
                Row(["format": "enveloped", "subscribers": 1_000], Comparison().figures + losses),
            ])
    }

    @Test func `a table is aligned and names its unit`() {
        #expect(
            Self.section().lines == [
                "fanout, in deliveries/s",
                "What is what.",
                "",
                "FORMAT     SUBSCRIBERS       OURS        C  RATIO  LOST %",
                "raw                100  1,500,000  100,000     15  0.0500",
                "enveloped        1,000          -        -      -  0.0500",
            ])
    }

    @Test func `JSON has the machine, the plan and a member for every column`() throws {
        struct Document: Decodable {
            struct Machine: Decodable {
                var kernel: String
                var cores: Int
                var receiveBufferBytes: Int
                var loadBefore: Double?
            }
            struct Plan: Decodable {
                var rounds: Int
                var seconds: Double
            }
            struct Section: Decodable {
                struct Row: Decodable {
                    var format: String
                    var subscribers: Int
                    var ours: Double?
                    var yardstick: Double?
                    var ratio: Double?
                    var lostPercent: Double?
                }
                var name: String
                var unit: String
                var rows: [Row]
            }
            var machine: Machine
            var plan: Plan
            var sections: [Section]
        }
        let report = Report(machine: try Machine(), plan: Plan(), sections: [Self.section()])
        let document = try JSONDecoder().decode(Document.self, from: Data(report.json))
        #expect(document.machine.cores > 0)
        #expect(!document.machine.kernel.isEmpty)
        #expect(document.machine.receiveBufferBytes > 0)
        #expect(document.plan.rounds == 3)
        let rows = try #require(document.sections.first).rows
        #expect(rows.map(\.format) == ["raw", "enveloped"])
        #expect(rows[0].ratio == 15)
        #expect(rows[1].ours == nil)
        #expect(rows[1].lostPercent == 0.05)
    }

    @Test func `the text tells the machine, then each table`() throws {
        let text = Report(machine: try Machine(), plan: Plan(), sections: [Self.section()]).text
        #expect(text.hasPrefix("machine   "))
        #expect(text.contains("\nkernel    Linux "))
        #expect(text.contains("\n\nfanout, in deliveries/s\n"))
    }
}
