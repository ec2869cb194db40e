import Service
import Testing
import Wire

@testable import Gateway

struct PublishHeadersTests {
    private func read(_ lines: [String]) -> PublishHeaders {
        read(
            lines.map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return (String(parts[0]), Array((parts.count > 1 ? parts[1] : "").utf8))
            })
    }

    private func read(_ items: [(name: String, value: [UInt8])]) -> PublishHeaders {
        var headers = PublishHeaders()
        for item in items { headers.add(name: Array(item.name.utf8).span, value: item.value.span) }
        return headers
    }

    private func attributes(_ lines: String...) throws -> [String] {
        try read(lines).attributes().items.map { "\($0.name)=\($0.value)" }
    }

    @Test func `headers that are none of ours give nothing`() throws {
        #expect(
            try attributes("Host:x", "User-Agent:y", "Accept:*/*", "Headcast-Copies:3", "Cookie:ce-id", "TE:t") == [])
    }

    @Test func `content type, trace and the application's own travel`() throws {
        #expect(
            try attributes(
                "HEADCAST-ATTRIBUTE-Region:eu, é", "Content-Type:text/plain; charset=utf-8", "Traceparent:00-a-b-01",
                "Headcast-Attribute-x:")
                == ["content-type=text/plain; charset=utf-8", "region=eu, é", "traceparent=00-a-b-01", "x="])
    }

    @Test(arguments: ["application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=UTF-8", ""])
    func `curl's own content type counts as none`(value: String) throws {
        #expect(try attributes("Content-Type:\(value)") == [])
        #expect(read(["Content-Type:\(value)"]).mediaType == nil)
    }

    @Test func `several tracestates are one list`() throws {
        #expect(try attributes("tracestate:a=1", "Tracestate:b=2") == ["tracestate=a=1,b=2"])
    }

    @Test func `an event in binary mode becomes attributes`() throws {
        #expect(
            try attributes(
                "ce-specversion:1.0", "Ce-Id:7", "CE-SOURCE:/shop", "ce-type:order", "Content-Type:application/json",
                "ce-subject:Euro%20%E2%82%AC%20%F0%9F%98%80")
                == [
                    "content-type=application/json", "ce-specversion=1.0", "ce-id=7", "ce-source=/shop",
                    "ce-type=order", "ce-subject=Euro € 😀",
                ])
    }

    @Test(arguments: [
        ("a%20b", "a b"), ("a b", "a b"), (#""a \"b\" \\%25""#, #"a "b" \%"#), ("%41", "A"), (#"a"b"#, #"a"b"#),
        ("é", "é"), (#"""#, #"""#), ("a+b", "a+b"),
    ])
    func `values of an event are taken out of quotation marks, then percent-decoded`(value: String, text: String) throws
    {
        let lines = ["ce-specversion:1.0", "ce-id:7", "ce-source:/", "ce-type:t", "ce-x:\(value)"]
        #expect(try read(lines).attributes()["ce-x"] == text)
    }

    @Test(arguments: ["%C0%A0", "%", "%2", "%zz", "%00", "%FF"])
    func `a value of an event that is badly encoded is refused`(value: String) {
        let headers = read(["ce-specversion:1.0", "ce-id:7", "ce-source:/", "ce-type:t", "Ce-X:\(value)"])
        #expect(headers.fault?.code == .invalidEvent)
        #expect(headers.fault?.parameter == "Ce-X")
        #expect(headers.fault?.message.hasPrefix("header Ce-X: ") == true)
    }

    @Test(arguments: [
        (["ce-id:7", "ce-source:/", "ce-type:t"], "the event lacks the attribute specversion"),
        (["ce-specversion:1.0", "ce-id:7", "ce-source:/"], "the event lacks the attribute type"),
        (["ce-specversion:0.3", "ce-id:7", "ce-source:/", "ce-type:t"], #"specversion is "0.3"; expected 1.0"#),
        (["ce-specversion:1.0", "ce-id:", "ce-source:/", "ce-type:t"], "attribute id of the event is empty"),
        (["ce-datacontenttype:text/plain"], "header ce-datacontenttype is not possible; give Content-Type"),
        (["ce-a-b:x"], #"attribute name "a-b" is none of CloudEvents'; expected lower-case letters and digits"#),
        (["ce-id:1", "ce-id:2"], #"attribute "ce-id" is given more than once; give it once"#),
        (["content-type:a", "content-type:b"], "header content-type is given more than once; give it once"),
        (["traceparent:a", "traceparent:b"], "header traceparent is given more than once; give it once"),
        (
            ["Headcast-Attribute-a:1", "headcast-attribute-A:2"],
            "header headcast-attribute-A is given more than once; give it once"
        ),
        (["headcast-attribute-:1"], #"attribute name "" is not possible; expected 1 to 64 of a-z, 0-9, -, _ and ."#),
        (
            ["headcast-attribute-a~:1"],
            #"attribute name "a~" is not possible; expected 1 to 64 of a-z, 0-9, -, _ and ."#
        ),
        (["headcast-attribute-a:x\ty"], "header headcast-attribute-a holds the control character U+0009"),
        (
            ["headcast-attribute-content-type:a", "Content-Type:b"],
            #"attribute "content-type" is given more than once; give it once"#
        ),
    ])
    func `what is wrong with headers is said`(lines: [String], message: String) {
        let fault = #expect(throws: DraftFault.self) { try read(lines).attributes() }
        #expect(fault?.message == message)
    }

    @Test func `a value that is not UTF-8 is refused`() {
        for name in ["content-type", "traceparent", "tracestate", "headcast-attribute-a", "ce-id", "idempotency-key"] {
            #expect(read([(name, [0x61, 0xFF])]).fault != nil, "\(name)")
        }
    }

    @Test func `an event in the body leaves content type and context of the headers aside`() throws {
        let headers = read(["Content-Type:application/cloudevents+json", "ce-id:7", "traceparent:t", "tracestate:s"])
        #expect(headers.mediaType == .event)
        #expect(try headers.eventAttributes().items.map(\.name) == ["traceparent", "tracestate"])
    }

    @Test(arguments: [
        ("8e03978e-40d5", "8e03978e-40d5"), (#""8e03978e""#, "8e03978e"), (#""a\"b\\c""#, #"a"b\c"#), ("é", "é"),
        (#"""#, #"""#), (#"a"b""#, #"a"b""#), (String(repeating: "k", count: 255), String(repeating: "k", count: 255)),
    ])
    func `an idempotency key is taken as it is, or out of its quotation marks`(value: String, key: String) throws {
        let headers = read(["Idempotency-Key:\(value)"])
        #expect(try headers.idempotencyKey == IdempotencyKey(Array(key.utf8)))
        #expect(try headers.attributes().isEmpty)
    }

    @Test(arguments: ["", #""""#, "a\tb", String(repeating: "k", count: 256)])
    func `an idempotency key that is not possible is refused`(value: String) {
        #expect(read(["Idempotency-Key:\(value)"]).fault?.code == .invalidParameter)
    }

    @Test func `an idempotency key is given once`() {
        let fault = read(["Idempotency-Key:a", "idempotency-key:a"]).fault
        #expect(fault?.message == "header idempotency-key is given more than once; give it once")
    }
}
