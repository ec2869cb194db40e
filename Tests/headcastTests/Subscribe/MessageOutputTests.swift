import Clocks
import Endpoints
import Testing

@testable import Headcast
@testable import headcast

struct MessageOutputTests {
    private func line(_ output: MessageOutput, _ payload: [UInt8]) -> String {
        String(decoding: output.line(for: .raw(payload)), as: UTF8.self)
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

    @Test func `JSON says what an envelope says`() {
        let line = String(decoding: MessageOutput.json.line(for: .enveloped()), as: UTF8.self)
        #expect(
            line == """
                {"receivedAt":"1970-01-01T00:00:00.000Z","from":"127.0.0.1:9",\
                "id":"01a206a6-cacb-7fe6-aa46-003b0b0bfdb7","topic":"orders","sequence":3,"epoch":1795400000000,\
                "publishedAt":"1970-01-01T00:00:01.000Z","attributes":{"content-type":"text/plain","x.y-z":"1"},\
                "payload":"hello"}

                """)
        #expect(String(decoding: MessageOutput.text.line(for: .enveloped()), as: UTF8.self) == "hello\n")
    }

    @Test func `an event that no gateway sent is known by its own id, and has no topic`() {
        var message = Message.enveloped(attributes: [("ce-id", "7")])
        message.id = .none
        message.stream.topic = ""
        let line = String(decoding: MessageOutput.json.line(for: message), as: UTF8.self)
        #expect(line.contains(#""id":"7","topic":null,"sequence""#))
        let variables = CommandEnvironment.variables(of: message)
        #expect(variables["HEADCAST_ID"] == "7" && variables["HEADCAST_TOPIC"] == nil)
    }

    @Test func `an event has the id of its receipt, and its own among the attributes`() {
        let message = Message.enveloped(attributes: [("ce-id", "7")])
        let line = String(decoding: MessageOutput.json.line(for: message), as: UTF8.self)
        #expect(line.contains(#""id":"01a206a6-cacb-7fe6-aa46-003b0b0bfdb7""#) && line.contains(#""ce-id":"7""#))
    }

    @Test func `every payload is one line of UTF-8`() {
        for _ in 0..<500 {
            let payload = (0..<Int.random(in: 0..<40)).map { _ in UInt8.random(in: 0...255) }
            for output in MessageOutput.allCases {
                let bytes = output.line(for: .raw(payload))
                #expect(String(validating: bytes, as: UTF8.self) != nil)
                #expect(bytes.firstIndex(of: UInt8(ascii: "\n")) == bytes.count - 1)
            }
        }
    }
}

extension Message {
    /// As it came in a datagram of its own.
    static func raw(_ payload: [UInt8]) -> Message {
        Message(
            format: .raw, id: .none, stream: Stream(topic: "", source: 0, epoch: 0), sequence: 0,
            attributes: Attributes(), payload: payload[...], receivedAt: Time(milliseconds: 0),
            origin: Endpoint(address: .loopback, port: 9))
    }

    static func enveloped(payload: String = "hello", attributes: [(String, String)]? = nil) -> Message {
        var message = Message.raw(Array(payload.utf8))
        message.format = .enveloped
        message.id = ID("01a206a6-cacb-7fe6-aa46-003b0b0bfdb7") ?? .none
        message.stream = Stream(topic: "orders", source: 7, epoch: 1_795_400_000_000)
        message.sequence = 3
        message.publishedAt = Time(milliseconds: 1_000)
        for (name, value) in attributes ?? [("content-type", "text/plain"), ("x.y-z", "1")] {
            _ = message.attributes.add(name, value)
        }
        return message
    }
}
