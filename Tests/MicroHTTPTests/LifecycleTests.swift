import Clocks
import Endpoints
import Glibc
import MicroHTTP
import Testing

struct LifecycleTests {
    @Test func `a server that is closing says so in every answer`() throws {
        let harness = try ServerHarness()
        let client = harness.send(get("/"))
        harness.run { client.answers().count == 1 }
        #expect(client.answers()[0].headers["connection"] == nil)
        harness.server.isClosing = true
        client.send(get("/"))
        harness.run { client.isClosed }
        #expect(client.answers().last?.headers["connection"] == "close")
    }

    @Test func `a server that stopped listening goes on with its connections`() throws {
        let harness = try ServerHarness()
        let client = harness.send(get("/"))
        harness.run { client.answers().count == 1 }
        harness.server.stopListening()
        harness.server.stopListening()
        client.send(get("/"))
        harness.run { client.answers().count == 2 }
    }

    @Test func `the port is free once a server stopped listening`() throws {
        let harness = try ServerHarness()
        harness.server.stopListening()
        let socket = try ListeningSocket(on: harness.server.endpoint)
        #expect(socket.endpoint == harness.server.endpoint)
    }

    @Test func `what waits in the kernel when the listening stops is served`() throws {
        let harness = try ServerHarness()
        let clients = (0..<100).map { _ in harness.send(post("/", "hello")) }
        harness.server.stopListening()
        #expect(harness.server.connectionCount == 100)
        harness.run { clients.allSatisfy { $0.answers().count == 1 || $0.isClosed } }
        #expect(clients.allSatisfy { $0.answers().count == 1 })
    }

    @Test func `a service may stop the listening while it is being asked`() throws {
        let harness = try ServerHarness()
        harness.service.answer = { [unowned harness] exchange in
            harness.server.stopListening()
            exchange.respond(HTTPResponse(status: 200))
        }
        #expect(try harness.answer(to: get("/")).status == 200)
    }

    @Test func `stopping closes suspended, reading and idle connections and frees everything`() throws {
        let harness = try ServerHarness()
        harness.service.suspendAll()
        let waiting = (0..<10).map { _ in harness.send(post("/", "hello")) }
        let reading = harness.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\nhello")
        let idle = harness.connect()
        harness.run { harness.server.waitingCount == 10 && harness.server.connectionCount == 12 }
        harness.settle()
        harness.server.stop()
        for client in waiting + [reading, idle] { client.move() }
        #expect((waiting + [reading, idle]).allSatisfy { $0.isClosed })
        #expect(harness.server.connectionCount == 0 && harness.server.waitingCount == 0)
        #expect(harness.service.suspended.allSatisfy { $0.isGone })
        harness.service.answerSuspended()
        #expect(harness.service.liveCount == 0)
    }

    @Test func `stopping after the listening stopped closes all`() throws {
        let harness = try ServerHarness()
        harness.service.suspendAll()
        let client = harness.send(get("/"))
        harness.run { harness.server.waitingCount == 1 }
        harness.server.stopListening()
        harness.server.stop()
        client.move()
        #expect(client.isClosed)
    }

    @Test func `a stopped server can be polled and stopped again`() throws {
        let harness = try ServerHarness()
        harness.server.stop()
        harness.server.poll(at: harness.now)
        harness.server.stopListening()
        harness.server.stop()
        #expect(harness.server.nextDeadline(after: harness.now) == nil)
    }

    @Test func `a service may stop its server while it is being asked`() throws {
        let harness = try ServerHarness()
        harness.service.answer = { [unowned harness] _ in harness.server.stop() }
        let client = harness.send(get("/"))
        harness.run { client.isClosed }
        #expect(harness.server.connectionCount == 0)
    }

    @Test func `a server that was let go after its stop is gone`() throws {
        weak var gone: HTTPServer?
        do {
            let harness = try ServerHarness()
            harness.service.suspendAll()
            _ = harness.send(get("/"))
            harness.run { harness.server.waitingCount == 1 }
            gone = harness.server
        }
        #expect(gone == nil)
    }

    @Test func `a server that is let go without a request closes its connections`() throws {
        let service = TestService(rule: { _ in .ignore }, answer: { $0.respond(HTTPResponse(status: 200)) })
        let endpoint = try #require(Endpoint("127.0.0.1:0"))
        let now = Instant(nanoseconds: 0)
        var server: HTTPServer? = try HTTPServer(listening: ListeningSocket(on: endpoint), service: service, at: now)
        let client = try RawClient(to: #require(server).endpoint)
        server?.poll(at: now)
        #expect(server?.connectionCount == 1)
        server = nil
        client.move()
        #expect(client.isClosed)
    }

    @Test func `an idle server has nothing to wake up for`() throws {
        let harness = try ServerHarness()
        harness.settle()
        #expect(harness.server.nextDeadline(after: harness.now) == nil)
    }

    @Test func `connections beyond the maximum wait for others to close`() throws {
        var limits = HTTPLimits()
        limits.maximumConnections = 2
        let harness = try ServerHarness(limits: limits)
        let clients = (0..<3).map { _ in harness.send(get("/")) }
        harness.run { clients.count { $0.answers().count == 1 } == 2 }
        harness.settle()
        #expect(harness.server.connectionCount == 2)
        clients.first { $0.answers().count == 1 }?.disconnect()
        harness.run { clients.allSatisfy { $0.answers().count == 1 } }
    }

    @Test func `connections that waited are served once all others were closed at the same time`() throws {
        var limits = HTTPLimits()
        limits.maximumConnections = 10
        let harness = try ServerHarness(limits: limits)
        let first = (0..<10).map { _ in harness.send(get("/")) }
        harness.run { first.allSatisfy { $0.answers().count == 1 } }
        let waiting = (0..<5).map { _ in harness.send(get("/")) }
        harness.settle()
        #expect(harness.server.connectionCount == 10)
        for client in first { client.disconnect() }
        harness.runWhenDue { waiting.allSatisfy { $0.answers().count == 1 } }
        let last = harness.send(get("/"))
        harness.runWhenDue { last.answers().count == 1 }
    }

    @Test func `connections beyond the maximum of one address are closed`() throws {
        var limits = HTTPLimits()
        limits.maximumConnectionsPerAddress = 1
        let harness = try ServerHarness(limits: limits)
        let first = harness.send(get("/"))
        harness.run { first.answers().count == 1 }
        let second = harness.send(get("/"))
        harness.run { second.isClosed }
        #expect(second.received.isEmpty)
    }

    @Test func `an address in use is named in the error`() throws {
        let harness = try ServerHarness()
        let endpoint = harness.server.endpoint
        let error = #expect(throws: HTTPServerError.self) { _ = try ListeningSocket(on: endpoint) }
        #expect(error == .cannotListen(on: endpoint, errno: EADDRINUSE))
        #expect(error?.description == "cannot bind \(endpoint): address already in use (EADDRINUSE)")
    }

    @Test func `an address that is not ours is named in the error`() throws {
        let endpoint = try #require(Endpoint("192.0.2.1:80"))
        let error = #expect(throws: HTTPServerError.self) { _ = try ListeningSocket(on: endpoint) }
        #expect(error?.description.hasSuffix("(EADDRNOTAVAIL)") == true)
    }

    @Test func `a socket that listens on all addresses takes IPv4 and IPv6`() throws {
        let harness = try ServerHarness(listening: "[::]:0")
        let port = harness.server.endpoint.port
        for address in [IPAddress.loopback, IPAddress(bits: 1)] {
            let client = RawClient(to: Endpoint(address: address, port: port))
            harness.clients.append(client)
            client.send(get("/"))
            harness.run { client.answers().count == 1 }
        }
    }
}
