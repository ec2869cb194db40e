import JSON
import Service
import Testing

struct JSONFieldsTests {
    private enum Field: String, CaseIterable {
        case payload, contentType, idempotencyKey
    }

    private func read(_ text: String) throws(JSONFault) -> [Field] {
        var reader = JSONReader(Array(text.utf8))
        var fields = JSONFields<Field>()
        var found: [Field] = []
        try reader.beginObject()
        while let field = try fields.next(in: &reader) {
            found.append(field)
            try reader.skip()
        }
        return found
    }

    @Test func `fields come in the order of the document, escaped or not`() throws {
        #expect(try read(#"{"contentType":1,"p\u0061yload":{}}"#) == [.contentType, .payload])
        #expect(try read("{}") == [])
    }

    private func unknown(_ name: String, nearest: String?) -> JSONFault {
        .unknownMember(name, nearest: nearest, known: ["payload", "contentType", "idempotencyKey"])
    }

    @Test func `an unknown field is an error that names the nearest, or all if none is near`() {
        #expect(throws: unknown("payloads", nearest: "payload")) { try read(#"{"payloads":1}"#) }
        #expect(throws: unknown("x", nearest: nil)) { try read(#"{"x":1}"#) }
        #expect(
            unknown("payloads", nearest: "payload").description == #"unknown member "payloads"; did you mean payload?"#)
        #expect(
            unknown("x", nearest: nil).description
                == #"unknown member "x"; expected payload, contentType, idempotencyKey"#)
    }

    @Test func `a field is known by its bytes, not by what Unicode takes for equal`() {
        // U+212A, the sign of the unit kelvin, is canonically equivalent to the letter.
        let name = "idempotency\u{212A}ey"
        #expect(throws: unknown(name, nearest: "idempotencyKey")) { try read("{\"\(name)\":1}") }
    }

    @Test func `a field given twice is an error, however it is written`() {
        #expect(throws: JSONFault.repeatedMember("payload")) { try read(#"{"payload":1,"\u0070ayload":2}"#) }
    }
}
