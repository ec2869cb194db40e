import Clocks
import Endpoints
import JSON
import Testing

@testable import headcast

struct DatagramOutputTests {
    private func line(_ output: DatagramOutput, _ payload: [UInt8]) -> String {
        let sender = Endpoint(address: .loopback, port: 9)
        return String(
            decoding: output.line(for: payload[...], from: sender, at: Timestamp(nanoseconds: 0)), as: UTF8.self)
    }

    @Test func `text is the payload and a line feed`() {
        #expect(line(.text, Array("{\"price\": 1} é🎉".utf8)) == "{\"price\": 1} é🎉\n")
        #expect(line(.text, []) == "\n")
    }

    @Test func `text shows what a terminal must not get`() {
        #expect(
            line(.text, Array("\u{1B}[2J\n\t".utf8) + [0xFF, 0xC3, 0x28, 0xE2, 0x82])
                == "\\u{1B}[2J\\n\t\\xFF\\xC3(\\xE2\\x82\n")
    }

    @Test func `JSON carries text as payload`() {
        let expected = #"{"receivedAt":"1970-01-01T00:00:00.000Z","from":"127.0.0.1:9","payload":"a\"\n"}"# + "\n"
        #expect(line(.json, Array("a\"\n".utf8)) == expected)
    }

    @Test(arguments: [
        ([0xFF], "/w=="), ([0xFF, 0], "/wA="), ([0xFF, 0, 1], "/wAB"), ([0xFF, 0xFE, 0xFD, 0xFC], "//79/A=="),
    ])
    func `JSON carries other bytes in base64`(payload: [UInt8], base64: String) {
        #expect(line(.json, payload).hasSuffix("\"payloadBase64\":\"\(base64)\"}\n"))
    }

    @Test func `every payload is one line of UTF-8`() {
        for _ in 0..<500 {
            let payload = (0..<Int.random(in: 0..<40)).map { _ in UInt8.random(in: 0...255) }
            for output in DatagramOutput.allCases {
                let bytes = output.line(for: payload[...], from: Endpoint(address: .loopback, port: 9), at: .now)
                #expect(String(validating: bytes, as: UTF8.self) != nil)
                #expect(bytes.firstIndex(of: UInt8(ascii: "\n")) == bytes.count - 1)
            }
        }
    }
}
