import Foundation
import Glibc
import Testing

/// Nothing that comes over a socket stops the gateway, or makes it grow.
@Suite(.onStage)
struct GarbageTests {
    @Test func `random bytes on the HTTP port disturb nobody`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let connection = try HTTPConnection(to: gateway.endpoint)
            let bytes = (0..<Int.random(in: 1...4_000, using: &random)).map { _ in UInt8.random(in: 0...255) }
            try? await connection.send(bytes)
        }
        #expect(try await gateway.publish("hello").status == 201)
    }

    @Test(arguments: [
        "\r\n\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "POST /publish/orders HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "\0\0\0\0\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /topics/%00 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://else/where HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /publish/orders HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /publish/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST /publish/orders HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
    func `a strange request is answered or closed, never served as another`(request: String) async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        let connection = try HTTPConnection(to: gateway.endpoint)
        try await connection.send(request)
        connection.finishSending()
        try await connection.closing()
        let sent = try await gateway.items("/messages").count
        // A POST without any length is an empty message, as HTTP has it.
        #expect(sent == 0 || request == "POST /publish/orders HTTP/1.1\r\n\r\n")
        #expect(try await gateway.get("/livez").status == 200)
    }

    @Test(arguments: [
        "Content-Length: 5\r\nContent-Length: 5", "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
    ])
    func `a body with two lengths is refused`(lengths: String) async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        let connection = try HTTPConnection(to: gateway.endpoint)
        try await connection.send(
            "POST /publish/orders HTTP/1.1\r\nHost: a\r\n\(lengths)\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
        #expect(try await connection.response().status == 400)
        #expect(try await gateway.items("/messages").isEmpty)
    }

    @Test(arguments: ["%", "%zz", "%4", "orders%", "%ff%fe"])
    func `bad percent-encoding is refused`(name: String) async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        let response = try await gateway.publish("hello", to: name)
        #expect(response.status == 400 || (name == "%ff%fe" && response.status == 404), "\(response)")
        #expect(response.errorCode != nil)
    }

    @Test func `a topic's name may be percent-encoded`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        #expect(try await gateway.publish("hello", to: "%6frders").status == 201)
        #expect(try await gateway.publish("hello", to: "orders%2Fx").status == 404)
    }

    @Test func `a head without end is refused`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        let connection = try HTTPConnection(to: gateway.endpoint)
        let before = gateway.residentBytes
        try? await connection.send("GET / HTTP/1.1\r\nX-Long: " + String(repeating: "x", count: 8 << 20))
        try await connection.closing()
        #expect(gateway.residentBytes - before < 8 << 20)
        #expect(try await gateway.get("/livez").status == 200)
    }

    @Test func `ten thousand header fields are refused`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        let connection = try HTTPConnection(to: gateway.endpoint)
        let fields = (0..<10_000).map { "X-\($0): y\r\n" }.joined()
        try? await connection.send("GET /livez HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
        try await connection.closing()
        #expect(try await gateway.get("/livez").status == 200)
    }

    @Test(arguments: [
        "GET /livez HTTP/1.1\r\nHost: a\r\nX-Slow: ", "POST /publish/orders HTTP/1.1\r\nContent-Length: 99\r\n\r\n",
    ])
    func `a client slower than the limit is closed while others are served`(start: String) async throws {
        let gateway = try await Gateway.start(
            topics: "orders=static://127.0.1.1:12000", with: ["--request-timeout", "1s"])
        let slow = try HTTPConnection(to: gateway.endpoint)
        try await slow.send(start)
        // A byte at every turn: it is never idle, only slow.
        try await eventually("the slow client is closed", within: .seconds(5)) {
            try? await slow.send("x")
            let others = try await gateway.get("/livez").status
            #expect(others == 200)
            try? await slow.closing(within: .milliseconds(100))
            return slow.isClosedByServer
        }
        #expect(try await gateway.items("/messages").isEmpty)
    }

    @Test func `a silent client is closed`() async throws {
        let gateway = try await Gateway.start(
            topics: "orders=static://127.0.1.1:12000", with: ["--idle-timeout", "1s"])
        let silent = try HTTPConnection(to: gateway.endpoint)
        try await silent.closing(within: .seconds(6))
        #expect(try await gateway.get("/livez").status == 200)
    }

    @Test func `clients that leave in the middle leak nothing`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        func descriptors() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(gateway.program.pid)/fd").count
        }
        #expect(try await gateway.publish("hello").status == 201)
        let before = try descriptors()
        for number in 0..<600 {
            let connection = try HTTPConnection(to: gateway.endpoint)
            let body = number % 2 == 0 ? "half" : "the whole"
            try await connection.send("POST /publish/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n\(body)")
            connection.close()
        }
        try await eventually("all are closed") { try descriptors() <= before }
        #expect(try await gateway.publish("hello").status == 201)
    }

    @Test func `garbage datagrams to the port it sends from disturb nobody`() async throws {
        let port = try FreePort.find()
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(
            topics: "orders=static://\(listener.endpoint)", with: ["--send-from", "127.0.0.1:\(port)"])
        #expect(try await gateway.publish("before").status == 201)
        let before = gateway.residentBytes
        for size in 0..<5_000 {
            try sendDatagram((0..<size % 1_400).map { UInt8(truncatingIfNeeded: $0 &* size) }, to: "127.0.0.1:\(port)")
        }
        #expect(try await gateway.publish("after").status == 201)
        #expect(try await listener.texts(count: 2) == ["before", "after"])
        #expect(gateway.residentBytes - before < 4 << 20)
    }
}
