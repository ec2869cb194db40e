import Datagrams
import Endpoints
import Glibc
import Testing

struct ReceiveBatchTests {
    /// A receiving socket with room for what it is sent.
    private final class Receiver {
        let socket: ReceivingSocket
        private var batch: ReceiveBatch

        init(_ address: String = "127.0.0.1", capacity: Int = 4, receiveBufferBytes: Int = 1 << 20) throws {
            let endpoint = Endpoint(address: try #require(IPAddress(address)), port: 0)
            socket = try ReceivingSocket(binding: endpoint, receiveBufferBytes: receiveBufferBytes)
            batch = ReceiveBatch(capacity: capacity)
        }

        var drops: UInt32? { batch.drops }

        /// What one receive brings, entry by entry, waited for at most two seconds.
        func next() throws -> [[(bytes: [UInt8], sender: Endpoint)]] {
            var wait = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
            poll(&wait, 1, 2_000)
            return try received()
        }

        func received() throws -> [[(bytes: [UInt8], sender: Endpoint)]] {
            guard case .received(let count) = batch.receive(on: socket) else { return [] }
            return (0..<count).map { index in
                var datagrams: [(bytes: [UInt8], sender: Endpoint)] = []
                batch.forEachDatagram(of: index) { bytes, sender in
                    datagrams.append((bytes.withUnsafeBytes { Array($0) }, sender))
                }
                return datagrams
            }
        }
    }

    @Test func `nothing is received when nothing waits`() throws {
        #expect(try Receiver().received().isEmpty)
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func `datagrams arrive with their sender, an empty one, too`(address: String) throws {
        let receiver = try Receiver(address)
        let sender = try Pod(address)
        for bytes in [[1, 2, 3], [], [4]] as [[UInt8]] {
            #expect(try sender.send(bytes, to: [receiver.socket.endpoint]) == .sent(1))
            let datagrams = try receiver.next().flatMap { $0 }
            #expect(datagrams.map(\.bytes) == [bytes])
            #expect(datagrams.map(\.sender) == [sender.endpoint])
        }
    }

    @Test(.enabled(if: SegmentationProbe.run(), "this kernel has no UDP_SEGMENT"))
    func `what was cut on its way out comes as one and is cut again`() throws {
        let receiver = try Receiver()
        let bytes = (0..<25).map { UInt8($0) }
        #expect(try Pod.sender().send(bytes, to: [receiver.socket.endpoint], segment: 10) == .sent(1))
        let entries = try receiver.next()
        #expect(entries.count == 1)
        #expect(entries.first?.map(\.bytes) == [Array(0..<10), Array(10..<20), Array(20..<25)])
    }

    @Test func `one receive brings no more than there is room for`() throws {
        let receiver = try Receiver(capacity: 2)
        let sender = try Pod.sender()
        for number in 1...3 as ClosedRange<UInt8> {
            #expect(try sender.send([number], to: [receiver.socket.endpoint]) == .sent(1))
        }
        #expect(try receiver.next().flatMap { $0.map(\.bytes) } == [[1], [2]])
        #expect(try receiver.next().flatMap { $0.map(\.bytes) } == [[3]])
    }

    @Test func `what the kernel dropped is told with the next datagram, and at once when asked`() throws {
        let receiver = try Receiver(receiveBufferBytes: 1)
        let sender = try Pod.sender()
        let bytes = [UInt8](repeating: 0, count: 2_000)
        for _ in 0..<20 { _ = try sender.send(bytes, to: [receiver.socket.endpoint]) }
        let dropped = receiver.socket.drops
        #expect(dropped > 10)
        while try !receiver.received().isEmpty {}
        #expect(try sender.send([1], to: [receiver.socket.endpoint]) == .sent(1))
        _ = try receiver.next()
        #expect(receiver.drops == dropped)
    }

    @Test func `the buffer is what the kernel grants, and the port is not shared`() throws {
        let receiver = try Receiver(receiveBufferBytes: 100_000)
        #expect(receiver.socket.receiveBufferBytes >= 100_000)
        #expect(throws: DatagramError.self) {
            _ = try ReceivingSocket(binding: receiver.socket.endpoint, receiveBufferBytes: 1)
        }
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func `every address of IPv6 receives both families`(address: String) throws {
        let receiver = try Receiver("::")
        let target = Endpoint(address: try #require(IPAddress(address)), port: receiver.socket.endpoint.port)
        #expect(try Pod.sender().send([7], to: [target]) == .sent(1))
        #expect(try receiver.next().flatMap { $0.map(\.sender.address) } == [IPAddress(address)])
    }
}
