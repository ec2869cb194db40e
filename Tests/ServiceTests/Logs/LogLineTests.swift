import Clocks
import Glibc
import Logging
import Testing

@testable import Service

struct LogLineTests {
    private func line(_ message: String = "membership changed", _ facts: Logger.Metadata = [:]) -> LogLine {
        LogLine(timestamp: Timestamp(nanoseconds: 0), level: .info, label: "headcast", message: message, facts: facts)
    }

    private func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    @Test func `text has time, level, message and sorted facts`() {
        let line = line("membership changed", ["topic": "orders", "endpoints": "12"])
        #expect(text(line.text) == "1970-01-01T00:00:00.000Z info     membership changed endpoints=12 topic=orders\n")
    }

    @Test func `text stays one line whatever a fact holds`() {
        let line = line("a\nb", ["x": "1\n2", "y": "a \"b\"", "z": "", "w": "\u{1B}[2J"])
        let expected = #"1970-01-01T00:00:00.000Z info     a\nb w=\u{1B}[2J x=1\n2 y="a \"b\"" z="""# + "\n"
        #expect(text(line.text) == expected)
    }

    @Test func `JSON has facts as members`() {
        let line = line("m", ["topic": "orders", "list": ["a", ["k": "v"]]])
        let expected =
            #"{"at":"1970-01-01T00:00:00.000Z","level":"info","message":"m","logger":"headcast","#
            + #""list":["a",{"k":"v"}],"topic":"orders"}"# + "\n"
        #expect(text(line.json) == expected)
    }

    @Test func `a fact never hides a member of the line`() {
        #expect(text(line("m", ["level": "x"]).json).contains(#""level_":"x""#))
    }

    @Test func `a logger writes whole lines at its level and above`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let writer = ends[1]
        let logger = Logger(label: "l") { LineLogHandler(label: $0, level: .info, format: .auto, descriptor: writer) }
        logger.debug("unseen")
        logger.info("seen", metadata: ["n": "1"])
        close(writer)
        var buffer = [UInt8](repeating: 0, count: 1_024)
        let count = read(ends[0], &buffer, buffer.count)
        let written = text(Array(buffer[..<max(0, count)]))
        #expect(written.hasSuffix(#""level":"info","message":"seen","logger":"l","n":"1"}"# + "\n"))
        #expect(written.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
    }
}
