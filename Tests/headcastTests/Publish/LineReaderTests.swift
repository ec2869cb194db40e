import Glibc
import Testing

@testable import headcast

struct LineReaderTests {
    /// The lines of what is written into a pipe, part by part.
    private func lines(of parts: [[UInt8]], maximumBytes: Int = 1_000_000) throws -> [[UInt8]] {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ProgramFailure("pipe", errno) }
        defer { close(ends[0]) }
        for part in parts { #expect(write(ends[1], part, part.count) == part.count) }
        close(ends[1])
        var reader = LineReader(descriptor: ends[0], maximumBytes: maximumBytes)
        var lines: [[UInt8]] = []
        while let line = try reader.next() { lines.append(line) }
        return lines
    }

    private func lines(of text: String) throws -> [String] {
        try lines(of: [Array(text.utf8)]).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        arguments: [
            ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("a\n\nb\n", ["a", "", "b"]),
            ("a\r\nb", ["a\r", "b"]),
        ] as [(String, [String])]
    )
    func `lines end with line feeds, the last may lack it`(text: String, lines: [String]) throws {
        #expect(try self.lines(of: text) == lines)
    }

    @Test func `lines that are there make a batch, and none is waited for`() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        var reader = LineReader(descriptor: ends[0], maximumBytes: 1_000)
        #expect(write(ends[1], "a\nb\nc", 5) == 5)
        #expect(try reader.nextBatch() == [[0x61], [0x62]])
        let many = String(repeating: "x\n", count: 1_500)
        #expect(write(ends[1], "\n" + many, 3_001) == 3_001)
        #expect(try reader.nextBatch()?.count == 1_000)
        #expect(try reader.nextBatch()?.count == 501)
        #expect(write(ends[1], "end", 3) == 3)
        close(ends[1])
        #expect(try reader.nextBatch() == [Array("end".utf8)])
        #expect(try reader.nextBatch() == nil)
    }

    @Test func `a stop ends the lines although more may come`() throws {
        var ends: [Int32] = [-1, -1]
        var stops: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0 && pipe(&stops) == 0)
        defer { for end in ends + stops { close(end) } }
        #expect(write(ends[1], "a\n", 2) == 2)
        var reader = LineReader(descriptor: ends[0], maximumBytes: 1_000, stop: stops[0])
        #expect(try reader.next() == [0x61])
        #expect(write(stops[1], "x", 1) == 1)
        #expect(try reader.next() == nil)
    }

    @Test func `bytes that are not text stay what they are`() throws {
        #expect(try lines(of: [[0xFF, 0x00], [0x0A, 0x80]]) == [[0xFF, 0x00], [0x80]])
    }

    @Test func `many lines of many lengths come in order`() throws {
        let written = (0..<400).map { [UInt8](repeating: UInt8($0 % 9 + 48), count: $0 * 7 % 301) }
        #expect(try lines(of: written.map { $0 + [0x0A] }) == written)
    }

    @Test func `a line that does not end is an error in time`() throws {
        #expect(throws: ProgramFailure.self) {
            try lines(of: [[UInt8](repeating: 65, count: 1_001)], maximumBytes: 1_000)
        }
        #expect(try lines(of: [[UInt8](repeating: 65, count: 1_000)], maximumBytes: 1_000).count == 1)
    }
}
