import Clocks
import Foundation
import HTTPForTests
import Records
import Testing

@testable import Recording

struct ExportTests {
    let recorder: RunningRecorder

    init() throws { recorder = try RunningRecorder() }

    @Test func `an export has every record and every divergence, one a line`() throws {
        for index in 0..<3 { _ = try recorder.post(response("m\(index)", "k", "a", "x")) }
        _ = try recorder.post(response("m1", "k", "b", "y"))
        let reply = try recorder.call("GET", "/export")
        #expect(reply.status == 200 && reply.isComplete)
        #expect(reply.headers["content-type"] == "application/x-ndjson")
        #expect(reply.lines.map { $0["kind"] as? String } == ["record", "record", "record", "divergence"])
        #expect(reply.lines.map { $0["messageId"] as? String } == ["m0", "m1", "m2", "m1"])
        #expect(reply.text.hasSuffix("}\n"))
    }

    @Test func `an export of nothing is empty, and HEAD has no body`() throws {
        _ = try recorder.post("{}")
        // Until the store is open, there is nothing to read.
        var reply = try recorder.call("GET", "/export")
        while reply.status == 503 { reply = try recorder.call("GET", "/export") }
        #expect(reply.isComplete && reply.body.isEmpty)
        let head = try recorder.call("HEAD", "/export")
        #expect(head.status == 200 && head.body.isEmpty)
    }

    @Test func `an export longer than a page arrives whole`() throws {
        let payload = String(repeating: "x", count: 20_000)
        recorder.store.fill(try (0..<2_500).map { try Response("m\($0)", "k", "r", $0 < 100 ? payload : "p") })
        _ = try recorder.post(response("last"))
        let reply = try recorder.call("GET", "/export")
        #expect(reply.isComplete)
        #expect(reply.lines.map { $0["messageId"] as? String } == (0..<2_500).map { "m\($0)" } + ["last"])
    }

    @Test func `what is stored after an export began is left to the next, but for the last page`() throws {
        recorder.store.fill(try (0..<2_500).map { try Response("m\($0)", "k", "r", "p") })
        let reader = try recorder.store.openReader()
        var part = try ExportPlace().part(from: reader)
        var lines = 0
        for round in 0... {
            lines += part.bytes.count { $0 == UInt8(ascii: "\n") }
            guard let place = part.next else { break }
            recorder.store.fill(try (0..<1_000).map { try Response("later\(round)-\($0)", "k", "r", "p") })
            part = try place.part(from: reader)
        }
        #expect(lines == 3_000)
    }

    @Test func `an export has everything, whatever clocks have said`() throws {
        let ahead = try (0..<1_500).map { try Response("ahead\($0)", "k", "r", "p") }
        recorder.store.fill(ahead, at: .now + .seconds(7_200))
        recorder.store.fill([try Response("now", "k", "r", "p")])
        _ = try recorder.post(response("last", "k", "r", "p"))
        let messages = try recorder.call("GET", "/export").lines.compactMap { $0["messageId"] as? String }
        #expect(messages.count == 1_502 && messages.suffix(2) == ["now", "last"])
    }

    @Test func `an export whose store goes away breaks off`() throws {
        let payload = String(repeating: "x", count: 1 << 19)
        recorder.store.fill(try (0..<64).map { try Response("m\($0)", "k", "r", payload) })
        _ = try recorder.post(response("m", "k"))
        // More than the kernel takes without a reader, so that the end has not been asked for.
        let connection = try recorder.connected()
        defer { close(connection) }
        let request = Array("GET /export HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".utf8)
        _ = send(connection, request, request.count, Int32(MSG_NOSIGNAL))
        var byte: UInt8 = 0
        #expect(recv(connection, &byte, 1, Int32(MSG_PEEK)) == 1)
        recorder.store.failReading(.unavailable("away"))
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(connection, &buffer, buffer.count), count > 0 { answer += buffer[..<count] }
        #expect(try Reply(parsing: answer).isComplete == false)
    }

    @Test func `an export that cannot begin is an error`() throws {
        _ = try recorder.post(response())
        recorder.store.failReading(.unavailable("away"))
        #expect(try recorder.call("GET", "/export").errorCode == "store_unavailable")
    }

    @Test func `beyond so many exports another is refused`() throws {
        let recorder = try RunningRecorder { $0.maximumExports = 2 }
        // More than the kernel takes without a reader, so that none of them ends.
        let payload = String(repeating: "x", count: 1 << 19)
        recorder.store.fill(try (0..<64).map { try Response("m\($0)", "k", "r", payload) })
        _ = try recorder.post(response("m", "k"))
        let connections = try (0..<10).map { _ in try recorder.connected() }
        defer { for connection in connections { close(connection) } }
        let request = Array("GET /export HTTP/1.1\r\nHost: test\r\n\r\n".utf8)
        for connection in connections { _ = send(connection, request, request.count, Int32(MSG_NOSIGNAL)) }
        let statuses = connections.map { connection in
            var start = [UInt8](repeating: 0, count: 12)
            _ = recv(connection, &start, start.count, Int32(MSG_WAITALL))
            return String(decoding: start.suffix(3), as: UTF8.self)
        }
        #expect(statuses.count { $0 == "200" } == 2 && statuses.count { $0 == "503" } == 8)
    }
}
