import Datagrams
import Endpoints
import Glibc
import Testing

struct UDPSocketTests {
    @Test func `a socket takes a free port of every address`() throws {
        let endpoint = try Pod.sender().endpoint
        #expect(endpoint.address.isUnspecified)
        #expect(endpoint.port != 0)
    }

    @Test(arguments: ["127.0.0.1", "127.0.0.9", "::1"])
    func `a socket has the address it was given`(_ address: String) throws {
        #expect(try Pod(address).endpoint.address == IPAddress(address))
    }

    @Test(arguments: ["0.0.0.0", "::"])
    func `any unspecified address serves both families`(_ address: String) throws {
        let receiver = try Pod(address)
        let sender = try Pod.sender()
        for target in ["127.0.0.1", "::1"] {
            let endpoint = Endpoint(address: try #require(IPAddress(target)), port: receiver.endpoint.port)
            #expect(try sender.send([1], to: [endpoint]) == .sent(1))
            #expect(receiver.next()?.sender.address == IPAddress(target))
        }
    }

    @Test(arguments: ["127.0.0.4", "::1"])
    func `a port is never shared, and the error says so`(_ address: String) throws {
        let first = try Pod(address)
        let error = #expect(throws: DatagramError.self) { _ = try Pod(source: first.endpoint) }
        #expect(error?.description == "cannot bind UDP \(first.endpoint): address already in use (EADDRINUSE)")
    }

    @Test(arguments: ["0.0.0.0", "::"])
    func `a port that one address has is not taken for all addresses`(_ wildcard: String) throws {
        let first = try Pod("127.0.0.5")
        #expect(throws: DatagramError.self) { _ = try Pod(wildcard, port: first.endpoint.port) }
    }

    @Test func `two addresses may have the same port`() throws {
        let first = try Pod("127.0.0.6")
        #expect(throws: Never.self) { _ = try Pod("127.0.0.7", port: first.endpoint.port) }
    }

    @Test func `an address of another machine cannot be bound`() throws {
        let error = #expect(throws: DatagramError.self) { _ = try Pod("192.0.2.1", port: 5_000) }
        #expect(
            error?.description == "cannot bind UDP 192.0.2.1:5000: cannot assign requested address (EADDRNOTAVAIL)")
    }

    @Test func `a socket closes with its owner`() throws {
        let endpoint = try Pod.deserted("127.0.0.8")
        #expect(throws: Never.self) { _ = try Pod(source: endpoint) }
    }

    @Test(arguments: [65_536, Int.max])
    func `a send buffer is granted`(_ bytes: Int) throws {
        let granted = try UDPSocket(sendBufferBytes: bytes).sendBufferBytes
        #expect(granted >= 65_536)
    }

    // MARK: Receiving

    @Test func `nothing is received when nothing waits`() throws {
        #expect(try Pod("127.0.0.2").received() == nil)
    }

    @Test(arguments: ["127.0.0.1", "127.1.2.3", "::1"])
    func `a datagram arrives with its sender`(_ address: String) throws {
        let receiver = try Pod(address)
        let sender = try Pod(address)
        #expect(try sender.send([1, 2, 3], to: [receiver.endpoint]) == .sent(1))
        let datagram = receiver.next()
        #expect(datagram?.bytes == [1, 2, 3])
        #expect(datagram?.sender == sender.endpoint)
    }

    @Test func `a datagram is cut to the buffer`() throws {
        let receiver = try Pod("127.0.0.2")
        #expect(try Pod.sender().send([1, 2, 3], to: [receiver.endpoint]) == .sent(1))
        #expect(receiver.next(limit: 2)?.bytes == [1, 2])
    }

    @Test func `an empty datagram is received`() throws {
        let receiver = try Pod("127.0.0.2")
        #expect(try Pod.sender().send([], to: [receiver.endpoint]) == .sent(1))
        #expect(receiver.next()?.bytes == [])
    }

    @Test func `a pending error hides no datagram`() throws {
        let socket = try Pod("127.0.0.10")
        #expect(try socket.send([1], to: [Pod.deserted("127.0.0.11")]) == .sent(1))
        socket.waitFor(POLLERR)
        #expect(try Pod.sender().send([5], to: [socket.endpoint]) == .sent(1))
        #expect(socket.next()?.bytes == [5])
    }

    // MARK: Reports

    @Test func `a quiet socket has no report`() throws {
        #expect(try Pod.sender().report() == nil)
    }

    @Test(arguments: ["127.0.0.12", "::1"])
    func `a refusal is reported with the endpoint that refused`(_ address: String) throws {
        let endpoint = try Pod.deserted(address)
        let socket = try Pod.sender()
        #expect(try socket.send([1], to: [endpoint]) == .sent(1))
        let report = socket.awaitedReport()
        #expect(report?.endpoint == endpoint)
        #expect(report?.code == ECONNREFUSED)
        #expect(report?.isLocal == false && report?.mtu == nil)
        #expect(socket.report() == nil)
    }

    @Test func `refusals are reported in order`() throws {
        let endpoints = try ["127.0.0.13", "::1", "127.0.0.14"].map { try Pod.deserted($0) }
        let socket = try Pod.sender()
        for endpoint in endpoints {
            // The refusal before it fails the next send, whoever that is for.
            var result = try socket.send([1], to: [endpoint])
            if result == .failed(ECONNREFUSED) { result = try socket.send([1], to: [endpoint]) }
            #expect(result == .sent(1))
            socket.waitFor(POLLERR)
        }
        var reported: [Endpoint] = []
        while let report = socket.report() { reported.append(report.endpoint) }
        #expect(reported == endpoints)
    }

    @Test func `a report that is taken no longer fails the next send`() throws {
        let receiver = try Pod("127.0.0.2")
        let socket = try Pod.sender()
        #expect(try socket.send([1], to: [Pod.deserted("127.0.0.15")]) == .sent(1))
        #expect(socket.awaitedReport()?.code == ECONNREFUSED)
        #expect(try socket.send([2], to: [receiver.endpoint]) == .sent(1))
        #expect(receiver.next()?.bytes == [2])
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func `a datagram beyond the MTU is refused with the MTU`(_ address: String) throws {
        let receiver = try Pod(address)
        let socket = try Pod.sender()
        let bytes = [UInt8](repeating: 0, count: 65_530)
        #expect(try socket.send(bytes, to: [receiver.endpoint]) == .failed(EMSGSIZE))
        let report = socket.report()
        #expect(report?.code == EMSGSIZE)
        #expect(report?.isLocal == true)
        #expect(report?.endpoint.address == IPAddress(address))
        #expect(report?.mtu.map { (65_000...65_536).contains($0) } == true)
    }
}
