import Service
import Testing
import Wire

@testable import Gateway

struct EventTests {
    private let head = #""specversion":"1.0","id":"7","source":"/shop","type":"order""#

    private func read(_ members: String) throws -> (draft: MessageDraft, payload: String) {
        let body = Array("  {\(members)} ".utf8)
        let draft = try MessageDraft(event: 2..<body.count - 1, of: body)
        let payload = draft.payload.withBytes(of: body.span.bytes) { bytes in
            bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
        return (draft, payload)
    }

    @Test func `the context becomes attributes of the message`() throws {
        let attributes = try read(head + #","subject":"é","datacontenttype":"text/plain","sequence":"3","data":"x""#)
            .draft.attributes
        #expect(
            attributes.items.map { "\($0.name)=\($0.value)" } == [
                "content-type=text/plain", "ce-specversion=1.0", "ce-id=7", "ce-source=/shop", "ce-type=order",
                "ce-subject=é", "ce-sequence=3",
            ])
    }

    @Test(
        arguments: [
            (#""data":{"a": [1, 2]}"#, #"{"a": [1, 2]}"#, "application/json"),
            (#""data":"a\n""#, #""a\n""#, "application/json"),
            (#""data":null"#, "null", "application/json"),
            (#""data":"a\n","datacontenttype":"text/plain""#, "a\n", "text/plain"),
            (#""datacontenttype":"text/plain","data":"abc""#, "abc", "text/plain"),
            (#""data":"x","datacontenttype":"application/vnd.a+JSON; v=1""#, #""x""#, "application/vnd.a+JSON; v=1"),
            (#""data":[1],"datacontenttype":"text/plain""#, "[1]", "text/plain"),
            (#""data_base64":"aGVsbG8=""#, "hello", nil),
            (#""data_base64":"aGVsbG8=","datacontenttype":"image/png""#, "hello", "image/png"),
            (#""datacontenttype":"text/plain""#, "", "text/plain"),
            (#""subject":"no data""#, "", nil),
        ] as [(String, String, String?)])
    func `data is the payload`(members: String, payload: String, contentType: String?) throws {
        let event = try read("\(members),\(head)")
        #expect(event.payload == payload)
        #expect(event.draft.attributes["content-type"] == contentType)
    }

    @Test func `numbers and truth values become text, and null is like absent`() throws {
        let attributes = try read(
            head + #","a":-2147483648,"a2":7.0,"a3":1e3,"a4":-0,"b":true,"c":false,"d":null,"datacontenttype":null"#
        )
        .draft.attributes
        #expect(attributes["ce-a"] == "-2147483648")
        #expect(["ce-a2", "ce-a3", "ce-a4"].map { attributes[$0] } == ["7", "1000", "0"])
        #expect(attributes["ce-b"] == "true")
        #expect(attributes["ce-c"] == "false")
        #expect(attributes["ce-d"] == nil)
        #expect(attributes["content-type"] == nil)
    }

    @Test func `attributes of the request's headers go along`() throws {
        let body = Array("{\(head)}".utf8)
        var others = Attributes()
        try others.add(checking: "traceparent", "00-1-2-00")
        #expect(
            try MessageDraft(event: 0..<body.count, of: body, adding: others).attributes["traceparent"] == "00-1-2-00")
    }

    @Test(arguments: ["specversion", "id", "source", "type"])
    func `an event that lacks a required attribute is refused`(name: String) {
        let members = head.split(separator: ",").filter { !$0.hasPrefix("\"\(name)\"") }.joined(separator: ",")
        let fault = #expect(throws: DraftFault.self) { try read(members) }
        #expect(fault?.code == .invalidEvent)
        #expect(fault?.message == "the event lacks the attribute \(name)")
    }

    @Test(arguments: [
        (#""specversion":"0.3","id":"7","source":"/","type":"t""#, #"specversion is "0.3"; expected 1.0"#),
        (#""specversion":"1.0","id":"","source":"/","type":"t""#, "attribute id of the event is empty"),
        (
            #""specversion":"1.0","id":7,"source":[],"type":"t""#,
            #"attribute "id" is not text"#
        ),
    ])
    func `a required attribute has a value that makes sense`(members: String, message: String) {
        let fault = #expect(throws: DraftFault.self) { try read(members) }
        #expect(fault?.message == message)
    }

    @Test(arguments: [
        (#""subject":"""#, "attribute subject of the event is empty"),
        (#""time":false"#, #"attribute "time" is not text"#),
        (#""datacontenttype":7"#, #"attribute "datacontenttype" is not text"#),
        (#""datacontenttype":"""#, "attribute datacontenttype of the event is empty"),
        (#""time":"""#, "attribute time of the event is empty"),
        (#""Ext":"x""#, #"attribute name "Ext" is none of CloudEvents'; expected lower-case letters and digits"#),
        (#""a_b":"x""#, #"attribute name "a_b" is none of CloudEvents'; expected lower-case letters and digits"#),
        (#""":"x""#, #"attribute name "" is none of CloudEvents'; expected lower-case letters and digits"#),
        (#""n":1.5"#, #"attribute "n" is "1.5"; expected an integer of 32 bits"#),
        (#""n":2147483648"#, #"attribute "n" is "2147483648"; expected an integer of 32 bits"#),
        (#""n":{}"#, #"attribute "n" is no text, number or truth value"#),
        (#""n":"a\nb""#, #"attribute "ce-n" holds the control character U+000A"#),
        (#""id":"8""#, #"attribute "ce-id" is given more than once; give it once"#),
        (#""data":1,"data":2"#, #"member "data" is given more than once; give it once"#),
        (#""data_base64":"","data_base64":"""#, #"member "data_base64" is given more than once; give it once"#),
        (
            #""datacontenttype":"a","datacontenttype":"b""#,
            #"member "datacontenttype" is given more than once; give it once"#
        ),
        (#""data":1,"data_base64":"""#, "the event has both data and data_base64"),
        (#""data_base64":"?""#, "data_base64 is no base64 (RFC 4648, section 4, with padding)"),
        (#""time":"yesterday""#, #"time is "yesterday"; expected RFC 3339, like 2026-11-23T09:30:00Z"#),
        (#""expirytime":"1h""#, #"expirytime is "1h"; expected RFC 3339, like 2026-11-23T09:30:00Z"#),
        (#""data":}"#, "malformed JSON: expected a value at byte 70"),
    ])
    func `what is wrong with an event is said`(member: String, message: String) {
        let fault = #expect(throws: DraftFault.self) { try read("\(head),\(member)") }
        #expect(fault?.message == message)
        #expect([.invalidEvent, .invalidAttribute].contains(fault?.code))
    }

    @Test func `a word is no event`() {
        let body = Array("nope".utf8)
        let fault = #expect(throws: DraftFault.self) { try MessageDraft(event: 0..<body.count, of: body) }
        #expect(fault == DraftFault(.invalidEvent, "malformed JSON: expected an object at byte 1"))
    }

    @Test(arguments: [("[]", "an array"), (" 7 ", "a number"), ("null", "null"), (#""x""#, "text")])
    func `an event that is no object is called what it is`(text: String, name: String) {
        let body = Array(text.utf8)
        let fault = #expect(throws: DraftFault.self) { try MessageDraft(event: 0..<body.count, of: body) }
        #expect(fault == DraftFault(.invalidEvent, "the event is \(name); expected an object"))
    }

    @Test func `events of a batch are told apart by where they stand`() throws {
        let body = Array(#" [ {"a":[1]} , 7,{}] "#.utf8)
        let events = try MessageDraft.events(in: body).map { String(decoding: body[$0], as: UTF8.self) }
        #expect(events == [#"{"a":[1]}"#, "7", "{}"])
        #expect(try MessageDraft.events(in: Array("[]".utf8)).isEmpty)
    }

    @Test(arguments: ["", "{}", "[{}", "[{},]", "[{}] x", #"[{"a"}]"#])
    func `a batch that is no array is refused as a whole`(text: String) {
        let fault = #expect(throws: DraftFault.self) { try MessageDraft.events(in: Array(text.utf8)) }
        #expect(fault?.code == .malformedRequest)
    }

    @Test func `a thousand events are taken and one more is refused`() throws {
        let events = { (count: Int) in Array("[\(Array(repeating: "{}", count: count).joined(separator: ","))]".utf8) }
        #expect(try MessageDraft.events(in: events(1_000)).count == 1_000)
        #expect(throws: BatchLines.tooMany) { try MessageDraft.events(in: events(1_001)) }
    }
}
