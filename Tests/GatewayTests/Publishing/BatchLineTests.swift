import JSON
import Service
import Testing
import Wire

@testable import Gateway

struct BatchLineTests {
    private func draft(_ text: String) throws(DraftFault) -> MessageDraft {
        let body = Array("x\n\(text)\nx".utf8)
        return try MessageDraft(line: 2..<body.count - 2, of: body)
    }

    private func payload(_ text: String) throws -> String {
        let body = Array(text.utf8)
        return try MessageDraft(line: 0..<body.count, of: body).payload.withBytes(of: body.span.bytes) { bytes in
            bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func `an entry has payload, content type, attributes, time to live and key`() throws {
        let entry = try draft(
            #"{"payload":"hi","contentType":"text/plain","attributes":{"a":"1","b":"é"},"ttl":"5s","idempotencyKey":"k"}"#
        )
        #expect(entry.attributes.items.map(\.name) == ["content-type", "a", "b"])
        #expect(entry.attributes["content-type"] == "text/plain")
        #expect(entry.attributes["b"] == "é")
        #expect(entry.ttl == .seconds(5))
        #expect(try entry.idempotencyKey == IdempotencyKey(Array("k".utf8)))
    }

    @Test(arguments: [
        (#"{"payload":"hello"}"#, "hello"), (#"{"payload":""}"#, ""), (#"{"payload":"a\"\u00e9\n"}"#, "a\"é\n"),
        (#"{"payloadBase64":"aGVsbG8="}"#, "hello"), (#"{"payloadBase64":"aGVs\u0062G8="}"#, "hello"),
        (#"{"payloadBase64":""}"#, ""), (" {\"payload\" : \"x\"}\r", "x"),
    ])
    func `the payload is text or base64`(entry: String, expected: String) throws {
        #expect(try payload(entry) == expected)
    }

    @Test func `an entry without options has none`() throws {
        let entry = try draft(#"{"payload":"x"}"#)
        #expect(entry.attributes.isEmpty)
        #expect(entry.ttl == nil)
        #expect(entry.idempotencyKey == nil)
    }

    @Test(arguments: [
        ("", "malformed JSON: expected an object at byte 1"),
        ("[]", #"the entry is an array; expected an object like {"payload":"hello"}"#),
        ("not json", "malformed JSON: expected an object at byte 1"),
        (" nullable", "malformed JSON: expected nothing more at byte 6"),
        ("[1", "malformed JSON: expected a comma or ] at byte 3"),
        (#"{"payload":nope}"#, "malformed JSON: expected text in quotation marks at byte 12"),
        (#"{"payload":"x","attributes":{"a":nope}}"#, "malformed JSON: expected text in quotation marks at byte 34"),
        (#"{"payload":"x"} {"payload":"y"}"#, "more stands behind the entry; give one entry a line"),
        (#"{"payload":"x""#, "malformed JSON: expected a comma or } at byte 15"),
        ("{}", "the entry has no payload; give payload or payloadBase64"),
        (#"{"payload":"x","payloadBase64":""}"#, "the entry has both payload and payloadBase64; give one"),
        (
            #"{"payload":1}"#,
            "payload is a number; expected text; give a document as text, anything else as payloadBase64"
        ),
        (
            #"{"payload":null}"#,
            "payload is null; expected text; give a document as text, anything else as payloadBase64"
        ),
        (#"{"payloadBase64":"a"}"#, "payloadBase64 is no base64 (RFC 4648, section 4, with padding)"),
        (#"{"payload":"x","contenttype":"y"}"#, #"unknown member "contenttype"; did you mean contentType?"#),
        (
            #"{"payload":"x","foo":5}"#,
            #"unknown member "foo"; expected payload, payloadBase64, contentType, attributes, ttl, idempotencyKey"#
        ),
        (#"{"payload":"x","payload":"y"}"#, #"member "payload" is given more than once; give it once"#),
        (#"{"payload":"x","ttl":"soon"}"#, #"ttl is "soon"; expected a duration like 10s"#),
        (#"{"payload":"x","ttl":"0s"}"#, #"ttl is "0s"; expected 1ms to 24h"#),
        (#"{"payload":"x","ttl":5}"#, #"ttl is a number; expected text, a duration like "10s""#),
        (#"{"payload":"x","ttl":}"#, "malformed JSON: expected text in quotation marks at byte 22"),
        (#"{"payload":"x","contentType":[]}"#, "contentType is an array; expected text like text/plain"),
        (#"{"payload":"x","attributes":[]}"#, #"attributes is an array; expected an object like {"region":"eu"}"#),
        (#"{"payload":"x","idempotencyKey":true}"#, "idempotencyKey is true or false; expected text"),
        (
            #"{"payload":"x","attributes":{"A":"y"}}"#,
            #"attribute name "A" is not possible; expected 1 to 64 of a-z, 0-9, -, _ and ."#
        ),
        (#"{"payload":"x","attributes":{"a":1}}"#, #"attribute "a" is a number; expected text"#),
        (
            #"{"payload":"x","attributes":{"ce-type":"t"}}"#,
            #"attribute "ce-type" belongs to an event; publish a CloudEvent, in JSON or with ce- headers"#
        ),
        (#"{"payload":"x","attributes":{"a":"1","a":"2"}}"#, #"attribute "a" is given more than once; give it once"#),
        (
            #"{"payload":"x","contentType":"a","attributes":{"content-type":"b"}}"#,
            #"attribute "content-type" is given more than once; give it once"#
        ),
    ])
    func `what is wrong with an entry is said`(entry: String, message: String) {
        let fault = #expect(throws: DraftFault.self) { try draft(entry) }
        #expect(fault?.message == message)
    }

    @Test(arguments: ["", "\u{0}", "a\nb", String(repeating: "k", count: 256)])
    func `a key that is not possible fails the entry`(key: String) {
        let escaped = key.replacing("\n", with: "\\n").replacing("\0", with: "\\u0000")
        let fault = #expect(throws: DraftFault.self) { try draft(#"{"payload":"x","idempotencyKey":"\#(escaped)"}"#) }
        #expect(fault?.parameter == "idempotencyKey" && fault?.code == .invalidParameter)
        #expect(fault?.message.hasPrefix("idempotencyKey is not possible; expected 1 to 255 bytes") == true)
    }

    @Test(arguments: [
        (#""ttl":5"#, "ttl"), (#""contentType":1"#, "contentType"), (#""foo":1"#, "foo"),
        (#""attributes":{"a":1}"#, "attributes"), (#""payload":"y""#, "payload"),
    ])
    func `the member that is wrong is named`(member: String, name: String) {
        let fault = #expect(throws: DraftFault.self) { try draft(#"{"payload":"x",\#(member)}"#) }
        #expect(fault?.parameter == name && fault?.code == .invalidEntry)
    }

    @Test func `lines end at line feeds, blank ones are none, and the last need not end`() throws {
        let body = Array("a\n\n \t\r\nbc\r\n\nd".utf8)
        let lines = try BatchLines(body).ranges.map { String(decoding: body[$0], as: UTF8.self) }
        #expect(lines == ["a", "bc\r", "d"])
        #expect(try BatchLines([]).ranges.isEmpty)
        #expect(try BatchLines(Array("\n".utf8)).ranges.isEmpty)
        #expect(try BatchLines(Array("a\n".utf8)).ranges == [0..<1])
    }

    @Test func `a thousand entries are taken and one more is refused`() throws {
        #expect(try BatchLines(Array(String(repeating: "x\n\n", count: 1_000).utf8)).ranges.count == 1_000)
        let fault = #expect(throws: DraftFault.self) {
            try BatchLines(Array(String(repeating: "x\n", count: 1_001).utf8))
        }
        #expect(fault?.code == .batchTooLarge)
    }
}
