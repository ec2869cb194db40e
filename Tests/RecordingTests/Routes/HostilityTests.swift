import Foundation
import HTTPForTests
import Records
import Testing

@testable import Recording

struct HostilityTests {
    let recorder: RunningRecorder

    init() throws { recorder = try RunningRecorder() }

    @Test func `others are served while a long batch is read`() throws {
        let recorder = try RunningRecorder { $0.patience = .seconds(60) }
        recorder.store.hold()
        let payload = String(repeating: "\\u00e9", count: 1_000)
        let lines = (0..<1_000).map { index in
            response("m\(index)", "k", "r", "-").replacing("\"-\"", with: "\"\(payload)\"")
        }
        let call = Pending { try recorder.post(lines.joined(separator: "\n"), to: "/responses/batch") }
        var waiting = 0
        while waiting == 0 {
            let metrics = try recorder.call("GET", "/metrics").text
            waiting = metrics.firstMatch(of: #/\nheadcast_responses_waiting (\d+)\n/#).flatMap { Int($0.1) } ?? 0
        }
        // Some of it has been read, and not all.
        #expect(waiting < 1_000)
        recorder.store.release()
        #expect(try call.reply().statuses == Array(repeating: 201, count: 1_000))
    }

    @Test func `a body that breaks off stores nothing`() throws {
        for target in ["/responses", "/responses/batch"] {
            let connection = try recorder.connected()
            let body = response("broken") + "\n" + response("off")
            let head = "POST \(target) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count + 1)\r\n\r\n"
            let request = head + body
            _ = send(connection, request, request.utf8.count, Int32(MSG_NOSIGNAL))
            close(connection)
        }
        #expect(try recorder.post(response("whole")).status == 201)
        #expect(recorder.store.recordCount == 1)
    }

    @Test func `bytes at random are refused, and nothing is stored`() throws {
        var bytes = SplitMix(state: 7)
        for length in [1, 2, 3, 17, 255, 4_096, 100_000] {
            let body = (0..<length).map { _ in UInt8(truncatingIfNeeded: bytes.next()) }
            let one = try recorder.call("POST", "/responses", body)
            #expect(one.errorCode == "invalid_response")
            let batch = try recorder.call("POST", "/responses/batch", body)
            #expect(batch.status == 200 && batch.statuses.allSatisfy { $0 == 400 })
        }
        #expect(recorder.store.recordCount == 0)
    }

    @Test func `a response with bytes changed at random is answered, whatever it is then`() throws {
        let whole = Array(#"{"messageId":"m","key":"k","responder":"r","payloadBase64":"AAEC","sequence":12}"#.utf8)
        var dice = SplitMix(state: 11)
        for _ in 0..<500 {
            var body = whole
            for _ in 0..<(1 + dice.next() % 3) {
                body[Int(dice.next() % UInt64(body.count))] = UInt8(truncatingIfNeeded: dice.next())
            }
            let reply = try recorder.call("POST", "/responses", body)
            #expect([200, 201, 400, 409].contains(reply.status), "\(body)")
        }
    }

    @Test func `depth, and numbers without end, are refused`() throws {
        for body in [
            String(repeating: "[", count: 100_000), String(repeating: "{\"key\":", count: 10_000),
            #"{"sequence":\#(String(repeating: "9", count: 100_000))}"#, #"{"sequence":1e999999}"#,
            #"{"\#(String(repeating: "x", count: 100_000))":1}"#,
        ] {
            let reply = try recorder.post(body)
            #expect(reply.errorCode == "invalid_response" && reply.body.count < 1_000)
        }
    }
}

/// Numbers that are the same in each run (Steele, Lea and Flood, 2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
