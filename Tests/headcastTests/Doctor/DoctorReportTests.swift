import Testing

@testable import headcast

struct DoctorReportTests {
    private let report = DoctorReport(chapters: [
        Chapter(
            title: "topic orders",
            findings: [
                .ok("ttl", "5 s"), .warn("records", "odd", advice: "look"), .bad("name", "gone", advice: "find it"),
            ]),
        Chapter(title: "this machine", findings: [.ok("ipv6", "there")]),
    ])

    @Test func `a finding is a line in columns, with what to do beneath it`() {
        let text = """
            topic orders
              ok    ttl      5 s
              warn  records  odd
                             -> look
              bad   name     gone
                             -> find it

            this machine
              ok    ipv6     there

            2 ok, 1 warn, 1 bad

            """
        #expect(report.text(isColored: false) == text)
    }

    @Test func `colour changes nothing else`() throws {
        let colored = report.text(isColored: true)
        #expect(colored.contains("\u{1B}[31mbad \u{1B}[0m"))
        #expect(try colored.replacing(Regex("\u{1B}\\[[0-9]+m"), with: "") == report.text(isColored: false))
    }

    @Test func `what comes from outside cannot steer the terminal`() {
        let report = DoctorReport(chapters: [Chapter(title: "t", findings: [.ok("name", "a\u{1B}[2Jb")])])
        #expect(!report.text(isColored: false).contains("\u{1B}"))
    }

    @Test func `a report with warnings is well, and one with something bad is not`() {
        #expect(!report.isWell)
        let warnings = DoctorReport(chapters: [Chapter(title: "t", findings: [.warn("a", "b", advice: "c")])])
        #expect(warnings.isWell)
    }
}

struct WordingTests {
    @Test func `nouns follow their number`() {
        #expect(Wording.count(1, "address") == "1 address")
        #expect(Wording.count(2, "address") == "2 addresses")
        #expect(Wording.count(1_500, "endpoint") == "1,500 endpoints")
        #expect(Wording.share(1, of: 1, "endpoint") == "the endpoint")
        #expect(Wording.share(2, of: 2, "endpoint") == "both endpoints")
        #expect(Wording.share(3, of: 3, "endpoint") == "all 3 endpoints")
        #expect(Wording.share(1, of: 3, "endpoint") == "1 of 3 endpoints")
    }

    @Test func `long lists are cut`() {
        #expect(Wording.list([1, 2, 3]) == "1, 2, 3")
        #expect(Wording.list(Array(1...1_003)) == "1, 2, 3 and 1,000 more")
    }
}
