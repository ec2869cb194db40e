import Testing

@testable import Service

struct LineRangesTests {
    @Test(arguments: [
        ("", []), ("\n\n", []), (" \t\r\n \n  ", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]),
        (" a \r\n\n\tb\n", [" a \r", "\tb"]), ("\n\na", ["a"]),
    ])
    func `lines that are not blank are entries as they stand`(text: String, lines: [String]) throws {
        let body = Array(text.utf8)
        let ranges = try #require(LineRanges.entries(of: body, maximum: 2))
        #expect(ranges.map { String(decoding: body[$0], as: UTF8.self) } == lines)
    }

    @Test func `more entries than the maximum are none`() {
        #expect(LineRanges.entries(of: Array("a\nb\n\nc".utf8), maximum: 2) == nil)
        #expect(LineRanges.entries(of: Array("a\nb\n\n".utf8), maximum: 2)?.count == 2)
    }
}
