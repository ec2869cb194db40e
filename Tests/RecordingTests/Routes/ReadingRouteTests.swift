import Foundation
import HTTPForTests
import Records
import Testing

@testable import Recording

struct ReadingRouteTests {
    let recorder: RunningRecorder

    init() throws { recorder = try RunningRecorder() }

    @Test func `a record has exactly these members`() throws {
        let body = """
            {"messageId":"m","key":"k","responder":"r","payload":"p","contentType":"text/plain","topic":"t","sequence":9}
            """
        _ = try recorder.post(body)
        let reply = try recorder.call("GET", "/records/m")
        #expect(reply.status == 200 && reply.json["next"] is NSNull)
        let item = try #require(reply.items.first)
        #expect(
            Set(item.keys) == [
                "messageId", "key", "topic", "sequence", "responder", "payload", "contentType", "answers", "storedAt",
            ])
        #expect(item["payload"] as? String == "p" && item["sequence"] as? Int == 9 && item["answers"] as? Int == 1)
        #expect((item["storedAt"] as? String)?.hasSuffix("Z") == true)
    }

    @Test(arguments: [
        [], [0], [0xFF], [0x68, 0x00, 0x69], Array(0...255), [0xED, 0xA0, 0x80], Array("\"\\\u{1}é😀".utf8),
    ])
    func `a payload comes back as it came`(payload: [UInt8]) throws {
        let base64 = Data(payload).base64EncodedString()
        let body = #"{"messageId":"m","key":"k","responder":"r","payloadBase64":"\#(base64)"}"#
        #expect(try recorder.post(body).status == 201)
        let item = try #require(try recorder.call("GET", "/records/m").items.first)
        let text = (item["payload"] as? String).map { Array($0.utf8) }
        let bytes = (item["payloadBase64"] as? String).flatMap { Data(base64Encoded: $0) }.map(Array.init)
        #expect(text ?? bytes == payload)
        #expect((text == nil) != (bytes == nil))
    }

    @Test func `a message id is percent-decoded, slashes and all`() throws {
        _ = try recorder.post(response("a/b c?é"))
        #expect(try recorder.call("GET", "/records/a%2Fb%20c%3F%C3%A9").items.count == 1)
        #expect(try recorder.call("GET", "/records/a%2Fb%20c%3F%C3%A9/responders").items.count == 1)
    }

    @Test func `a message without a record is unknown`() throws {
        for target in ["/records/none", "/records/none/responders"] {
            let reply = try recorder.call("GET", target)
            #expect(reply.status == 404 && reply.errorCode == "unknown_message")
        }
        #expect(try recorder.call("GET", "/records/").errorCode == "invalid_parameter")
        #expect(try recorder.call("GET", "/records/\(String(repeating: "x", count: 257))").status == 400)
        #expect(try recorder.call("GET", "/records/%zz").errorCode == "malformed_request")
    }

    @Test func `records come in pages, in the order of storing`() throws {
        for index in 0..<7 {
            _ = try recorder.post(response("m\(index)", topic: index.isMultiple(of: 2) ? "even" : "odd"))
        }
        var seen: [String] = []
        var target = "/records?limit=3"
        while true {
            let reply = try recorder.call("GET", target)
            #expect(reply.items.count <= 3)
            seen += reply.items.compactMap { $0["messageId"] as? String }
            guard let next = reply.json["next"] as? String else { break }
            target = "/records?limit=3&after=\(next)"
        }
        #expect(seen == (0..<7).map { "m\($0)" })
        let odd = try recorder.call("GET", "/records?topic=odd").items
        #expect(odd.compactMap { $0["messageId"] as? String } == ["m1", "m3", "m5"])
    }

    @Test(arguments: ["limit=0", "limit=1001", "after=x", "after=-1", "topic=", "tpoic=a", "limit=1&limit=2"])
    func `a query that does not fit is refused`(query: String) throws {
        let reply = try recorder.call("GET", "/records?\(query)")
        #expect(reply.status == 400 && reply.error["parameter"] != nil)
    }

    @Test func `divergences are listed, of all messages or of one`() throws {
        for message in ["a", "b"] {
            _ = try recorder.post(response(message, "k", "r1", "x"))
            _ = try recorder.post(response(message, "k", "r2", "y"))
        }
        #expect(try recorder.call("GET", "/divergences").items.count == 2)
        let items = try recorder.call("GET", "/divergences?messageId=b").items
        #expect(items.count == 1)
        #expect(
            Set(items[0].keys) == [
                "messageId", "key", "topic", "responder", "payload", "contentType", "retries", "noticedAt",
                "firstResponder",
            ])
        #expect(items[0]["responder"] as? String == "r2" && items[0]["firstResponder"] as? String == "r1")
        #expect(try recorder.call("GET", "/divergences?messageId=none").items.isEmpty)
    }

    @Test func `responders are listed`() throws {
        for responder in ["r1", "r2"] { _ = try recorder.post(response("m", "k", responder)) }
        let items = try recorder.call("GET", "/records/m/responders").items
        #expect(items.compactMap { $0["responder"] as? String } == ["r1", "r2"])
        #expect(Set(items[0].keys) == ["key", "responder", "retries", "answeredAt"])
    }

    @Test func `a store that cannot be read is told with its reason`() throws {
        _ = try recorder.post(response())
        recorder.store.failReading(.unavailable("it is away"))
        let reply = try recorder.call("GET", "/records/m")
        #expect(reply.status == 503 && reply.errorCode == "store_unavailable" && reply.message.contains("it is away"))
        #expect(reply.headers["retry-after"] == "1")
        recorder.store.failReading(nil)
        #expect(try recorder.call("GET", "/records/m").status == 200)
    }

    @Test func `a question that the store does not answer in time is answered all the same`() throws {
        let recorder = try RunningRecorder { $0.patience = .milliseconds(50) }
        _ = try recorder.post(response())
        recorder.store.holdReading()
        let reply = try recorder.call("GET", "/records/m")
        #expect(reply.status == 503 && reply.errorCode == "store_unavailable")
        #expect(reply.message.contains("has not answered for 50 ms"))
        recorder.store.releaseReading()
    }

    @Test func `beyond so many lists another is refused, until some have been read`() throws {
        _ = try recorder.post(response())
        recorder.store.holdReading()
        let calls = (0..<Routes.maximumLists).map { _ in Pending { try recorder.call("GET", "/records") } }
        var reply = try recorder.call("GET", "/metrics")
        while !reply.text.contains("headcast_queries_open \(Routes.maximumLists)\n") {
            reply = try recorder.call("GET", "/metrics")
        }
        #expect(try recorder.call("GET", "/divergences").errorCode == "overloaded")
        recorder.store.releaseReading()
        for call in calls { #expect(try call.reply().status == 200) }
        #expect(try recorder.call("GET", "/divergences").status == 200)
    }

    @Test func `HEAD has the headers alone`() throws {
        _ = try recorder.post(response())
        let reply = try recorder.call("HEAD", "/records/m")
        #expect(reply.status == 200 && reply.body.isEmpty && reply.headers["content-type"] == "application/json")
    }
}
