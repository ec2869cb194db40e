import Foundation
import HTTPForTests
import Records
import Testing

@testable import Recording

struct ResponseRouteTests {
    let recorder: RunningRecorder

    init() throws { recorder = try RunningRecorder() }

    @Test func `the first answer is stored, and the same again is repeated`() throws {
        let first = try recorder.post(response("m", "k", "a", "7"))
        #expect(first.status == 201 && first.outcome == "stored")
        #expect(first.headers["content-type"] == "application/json" && first.text.hasSuffix("}\n"))
        for responder in ["a", "b"] {
            let again = try recorder.post(response("m", "k", responder, "7"))
            #expect(again.status == 200 && again.outcome == "repeated")
        }
        #expect(try recorder.store.record("m", "k")?.answers == 2)
    }

    @Test func `a different answer is refused, told from which it differs, and changes nothing`() throws {
        _ = try recorder.post(response("m", "k", "a", "7"))
        let other = try recorder.post(response("m", "k", "b", "8"))
        #expect(other.status == 409 && other.errorCode == "diverged")
        let record = try #require(other.error["record"] as? [String: Any])
        #expect(record["responder"] as? String == "a" && record["answers"] as? Int == 1)
        let digest = try #require(other.error["digest"] as? String)
        #expect(digest.count == 64 && record["digest"] as? String != digest)
        #expect(other.message.contains("\"a\" answered first"))
        #expect(try recorder.store.record("m", "k")?.answer.payload == Array("7".utf8))
    }

    @Test func `a divergence whose record cannot be read is told without it`() throws {
        _ = try recorder.post(response("m", "k", "a", "7"))
        recorder.store.failReading(.unavailable("away"))
        let other = try recorder.post(response("m", "k", "b", "8"))
        #expect(other.status == 409 && other.errorCode == "diverged")
        #expect(other.error["record"] is NSNull && (other.error["digest"] as? String)?.count == 64)
    }

    @Test func `the same payload of another content type is another answer`() throws {
        let body = #"{"messageId":"m","key":"k","responder":"r","payload":"1","contentType":"text/plain"}"#
        #expect(try recorder.post(body).status == 201)
        #expect(try recorder.post(response("m", "k", "r", "1")).status == 409)
    }

    @Test(arguments: [
        ("", "malformed JSON"), ("nonsense", "malformed JSON"), (#"{"messageId":"m""#, "malformed JSON"),
        ("[]", "an object"),
        ("{}", "no messageId and no key and no responder"),
        (#"{"messageId":"m","key":"k","payload":"p"}"#, "no responder"),
        (#"{"messageId":"m","key":"k","responder":"r"}"#, "give payload or payloadBase64"),
        (#"{"messageId":"m","key":"k","responder":"r","payload":"p","payloadBase64":""}"#, "give one"),
        (#"{"messageId":"m","key":"k","responder":"r","payload":{}}"#, "is not text"),
        (#"{"messageId":"m","key":"k","responder":"r","payloadBase64":"A"}"#, "is no base64"),
        (#"{"messageId":"","key":"k","responder":"r","payload":"p"}"#, "messageId is empty"),
        (#"{"messageId":"m","key":7,"responder":"r","payload":"p"}"#, "malformed JSON in key"),
        (#"{"messageId":"m","messageId":"m","responder":"r","payload":"p"}"#, "more than once"),
        (#"{"message":"m"}"#, "did you mean messageId?"),
        (#"{"zzzzzz":"m"}"#, "expected messageId, key, responder, payload, payloadBase64, contentType, topic"),
        (#"{"messageId":"m","key":"k","responder":"r","payload":"p","sequence":-1}"#, "expected 0 to"),
        (#"{"messageId":"m","key":"k","responder":"r","payload":"p","sequence":1.5}"#, "expected 0 to"),
        (#"{"messageId":"m","key":"k","responder":"r","sequence":9223372036854775808}"#, "expected 0 to"),
        (#"{"messageId":"m","key":"k","responder":"r","payload":"p"} x"#, "nothing more"),
    ])
    func `what is no response is refused with the way out`(body: String, expected: String) throws {
        let reply = try recorder.post(body)
        #expect(reply.status == 400 && reply.errorCode == "invalid_response")
        #expect(reply.message.contains(expected), "\(reply.message)")
        #expect(recorder.store.recordCount == 0)
    }

    @Test func `bytes that are not UTF-8 are refused`() throws {
        let body = Array(#"{"messageId":"m","key":""#.utf8) + [0xFF] + Array(#"","responder":"r","payload":"p"}"#.utf8)
        #expect(try recorder.call("POST", "/responses", body).errorCode == "invalid_response")
    }

    @Test func `labels may have 256 bytes and no more`() throws {
        let longest = String(repeating: "é", count: 128)
        let stored = try recorder.post(response(longest, longest, longest, "p", topic: longest))
        #expect(stored.status == 201)
        let escaped = longest.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let items = try recorder.call("GET", "/records/\(escaped)").items
        #expect(items.first?["key"] as? String == longest && items.first?["topic"] as? String == longest)
        for field in ["messageId", "key", "responder", "topic"] {
            let reply = try recorder.post("{\"\(field)\":\"\(longest)x\"}")
            #expect(reply.message == "\(field) of 257 bytes exceeds the limit of 256")
        }
    }

    @Test func `optional members may be null`() throws {
        let nulls = response().replacing("}", with: #","topic":null,"contentType":null,"sequence":null}"#)
        #expect(try recorder.post(nulls).status == 201)
        #expect(try recorder.post(response()).status == 200)
    }

    @Test(arguments: [("0", 0), ("7", 7), ("7.0", 7), ("1e3", 1_000), ("9223372036854775807", Int64.max)])
    func `a sequence is a whole number`(text: String, number: Int64) throws {
        _ = try recorder.post(response().replacing("}", with: #","sequence":\#(text)}"#))
        #expect(try recorder.store.record("m", "k")?.sequence == UInt64(number))
    }

    @Test func `a payload as large as the limit is taken, and one byte more is not`() throws {
        let recorder = try RunningRecorder { $0.maximumPayloadBytes = 1_000 }
        let escapes = String(repeating: "\\u0000", count: 1_000)
        let largest = response("m", "k", "r", "-").replacing("\"-\"", with: "\"\(escapes)\"")
        #expect(try recorder.post(largest).status == 201)
        let more = try recorder.post(response("m", "k", "r", String(repeating: "x", count: 1_001)))
        #expect(more.status == 413 && more.errorCode == "payload_too_large" && more.error["limit"] as? Int == 1_000)
        let huge = try recorder.post(String(repeating: " ", count: 30_000))
        #expect(huge.status == 413 && huge.errorCode == "payload_too_large")
        #expect(huge.error["limit"] as? Int == 16_384 + 6_000)
    }

    @Test func `a query is refused, and so are other methods`() throws {
        #expect(try recorder.post(response(), to: "/responses?topic=a").errorCode == "unknown_parameter")
        let reply = try recorder.call("GET", "/responses")
        #expect(reply.status == 405 && reply.headers["allow"] == "POST")
        #expect(try recorder.call("DELETE", "/records/m").headers["allow"] == "GET, HEAD")
        let nowhere = try recorder.call("GET", "/response")
        #expect(nowhere.status == 404 && nowhere.message.contains("post responses to /responses"))
    }
}
