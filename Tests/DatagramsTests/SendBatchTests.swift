import Datagrams
import Endpoints
import Glibc
import Testing

struct SendBatchTests {
    private func ring(_ bytes: [UInt8], at position: UInt64 = 0) throws -> ByteRing {
        var ring = try ByteRing(capacity: 4_096)
        ring.write(bytes.span.bytes, at: position)
        return ring
    }

    @Test func `one call sends to every endpoint`() throws {
        let pods = [try Pod("127.0.0.2"), try Pod("127.0.0.3"), try Pod("::1")]
        #expect(try Pod.sender().send([1, 2], to: pods.map(\.endpoint)) == .sent(3))
        for pod in pods { #expect(pod.next()?.bytes == [1, 2]) }
    }

    @Test func `only the entries asked for are sent to`() throws {
        let pods = try (2...5).map { try Pod("127.0.0.\($0)") }
        let sender = try Pod.sender()
        let batch = SendBatch(pods.map(\.endpoint), family: sender.socket.family)
        #expect(batch.count == 4)
        let ring = try ring([1])
        let result = batch.send(ring, at: 0, byteCount: 1, segment: nil, to: 1..<3, on: sender.socket)
        #expect(result == .sent(2))
        #expect(pods[1].next()?.bytes == [1])
        #expect(pods[2].next()?.bytes == [1])
        #expect(pods[0].received() == nil && pods[3].received() == nil)
    }

    @Test func `one call takes at most 1024 entries`() throws {
        let pod = try Pod("127.0.0.2")
        let endpoints = Array(repeating: pod.endpoint, count: 1_500)
        #expect(try Pod.sender().send([1], to: endpoints) == .sent(SendBatch.maximumEntries))
    }

    @Test func `a batch of nobody is made and let go`() {
        #expect(SendBatch([], family: AF_INET6).count == 0)
    }

    @Test func `a call stops at the endpoint that is refused`() throws {
        let first = try Pod("127.0.0.2")
        let last = try Pod("127.0.0.3")
        let sender = try Pod.sender()
        let forbidden = Endpoint(address: IPAddress(v4: .max), port: 9)
        let batch = SendBatch([first.endpoint, forbidden, last.endpoint], family: sender.socket.family)
        let ring = try ring([7])
        let results = [0..<3, 1..<3, 1..<2, 2..<3].map {
            batch.send(ring, at: 0, byteCount: 1, segment: nil, to: $0, on: sender.socket)
        }
        #expect(results == [.sent(1), .failed(EACCES), .failed(EACCES), .sent(1)])
        #expect(first.next()?.bytes == [7])
        #expect(last.next()?.bytes == [7])
    }

    @Test func `a pending refusal fails the next send, whoever that is for`() throws {
        let receiver = try Pod("127.0.0.2")
        let sender = try Pod.sender()
        #expect(try sender.send([1], to: [Pod.deserted("127.0.0.16")]) == .sent(1))
        sender.waitFor(POLLERR)
        #expect(try sender.send([2], to: [receiver.endpoint]) == .failed(ECONNREFUSED))
        #expect(try sender.send([2], to: [receiver.endpoint]) == .sent(1))
    }

    // MARK: Bytes

    @Test func `bytes across the end of the ring are sent`() throws {
        let receiver = try Pod("127.0.0.2")
        let sender = try Pod.sender()
        let ring = try ring([1, 2, 3, 4], at: 4_094)
        let batch = SendBatch([receiver.endpoint], family: sender.socket.family)
        let result = batch.send(ring, at: 4_094, byteCount: 4, segment: nil, to: 0..<1, on: sender.socket)
        #expect(result == .sent(1))
        #expect(receiver.next()?.bytes == [1, 2, 3, 4])
    }

    @Test(arguments: [0, 1, 65_507])
    func `a payload of any size arrives whole`(_ count: Int) throws {
        let receiver = try Pod("127.0.0.2")
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try Pod.sender().send(bytes, to: [receiver.endpoint]) == .sent(1))
        #expect(receiver.next()?.bytes == bytes)
    }
}
