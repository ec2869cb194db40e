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

    @Test func `a line ends at the first line feed, wherever it stands`() throws {
        for end in 0..<40 {
            for second in end + 1..<41 {
                // The byte that differs from a line feed in the lowest bit alone.
                var body = [UInt8](repeating: UInt8(ascii: "\n") ^ 1, count: 42)
                body[end] = UInt8(ascii: "\n")
                body[second] = UInt8(ascii: "\n")
                let lines = [0..<end, end + 1..<second, second + 1..<42].filter { !$0.isEmpty }
                #expect(LineRanges.entries(of: body, maximum: 3) == lines)
            }
        }
    }
}
