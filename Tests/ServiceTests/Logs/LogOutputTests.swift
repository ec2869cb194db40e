import Glibc
import Testing

@testable import Service

struct LogOutputTests {
    private func pipe() throws -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [-1, -1]
        try #require(Glibc.pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    /// Everything that is in the pipe now.
    private func drain(_ reader: Int32) -> String {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        var waiting: Int32 = 0
        while ioctl(reader, UInt(FIONREAD), &waiting) == 0, waiting > 0 {
            let count = read(reader, &part, part.count)
            if count > 0 { bytes += part[..<count] }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a pipe that nobody reads holds up nobody, and what was lost is told`() throws {
        let (reader, writer) = try pipe()
        defer { close(reader) }
        defer { close(writer) }
        let output = LogOutput(descriptor: writer)
        let line = Array((String(repeating: "x", count: 99) + "\n").utf8)
        let account: (Int) -> [UInt8] = { Array("lost \($0)\n".utf8) }
        for _ in 0..<5_000 { output.write(line, account: account) }
        let taken = drain(reader).split(separator: "\n").count
        #expect(taken > 100)
        #expect(taken < 5_000)
        output.write(line, account: account)
        #expect(drain(reader).hasSuffix("\nlost \(5_000 - taken)\n"))
        output.write(line, account: account)
        #expect(drain(reader).utf8.count == 100)
    }

    @Test func `a line longer than a pipe takes at once comes whole`() throws {
        let (reader, writer) = try pipe()
        defer { close(reader) }
        defer { close(writer) }
        let line = [UInt8](repeating: 0x78, count: 20_000) + [0x0A]
        LogOutput(descriptor: writer).write(line) { _ in [] }
        #expect(drain(reader).utf8.count == 20_001)
    }
}
