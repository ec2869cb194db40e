import Datagrams
import Endpoints
import Glibc

@testable import FanOut

/// A pod on loopback: a UDP socket with an address of its own, read without waiting.
struct LoopbackPod: ~Copyable {
    let socket: UDPSocket

    /// - Parameter last: the last number of its address, 127.0.0.2 and up being as good as any on Linux.
    init(_ last: UInt32 = 2) throws {
        try self.init(IPAddress(v4: 0x7F00_0000 + last))
    }

    /// A pod at loopback's broadcast address, to which sends fail with EACCES until ``Sender/allowBroadcast(_:)``.
    init(broadcast: Void) throws {
        try self.init(IPAddress(v4: 0x7FFF_FFFF))
    }

    /// A pod at an address of this machine.
    init(_ address: IPAddress) throws {
        socket = try UDPSocket(source: Endpoint(address: address, port: 0))
        growReceiveBuffer()
    }

    /// Every address of loopback at one port.
    init(everywhere: Void) throws {
        socket = try UDPSocket()
        growReceiveBuffer()
    }

    /// `count` endpoints that a pod made with ``init(everywhere:)`` is.
    func endpoints(_ count: UInt32) -> [Endpoint] {
        (0..<count).map { Endpoint(address: IPAddress(v4: 0x7F01_0001 + $0), port: endpoint.port) }
    }

    /// So that what a test sends in one go is not lost here; the kernel caps it at net.core.rmem_max.
    private func growReceiveBuffer() {
        var bytes: Int32 = 4 << 20
        setsockopt(socket.descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Its address and port; port 0, to which nothing can be sent, if the kernel does not tell.
    var endpoint: Endpoint {
        socket.endpoint ?? Endpoint(address: .anyIPv4, port: 0)
    }

    /// Every datagram that has arrived, in order.
    func received() -> [[UInt8]] {
        var datagrams: [[UInt8]] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while let count = buffer.withUnsafeMutableBytes({ socket.receive(into: $0)?.count }) {
            datagrams.append(Array(buffer[..<count]))
        }
        return datagrams
    }

    /// Every datagram that has arrived, in order, as text.
    func texts() -> [String] {
        received().map { String(decoding: $0, as: UTF8.self) }
    }
}

extension Endpoint {
    /// Without SO_BROADCAST every send to it fails with EACCES.
    static let refused = Endpoint(address: IPAddress(v4: 0xFFFF_FFFF), port: 9)
}

extension LoopbackPod {
    /// An endpoint of loopback where nobody listens any more.
    static func closed(_ last: UInt32) throws -> Endpoint {
        try LoopbackPod(last).endpoint
    }
}

extension Sender {
    /// Lets sends to broadcast addresses pass, or fail with EACCES again.
    func allowBroadcast(_ isAllowed: Bool) {
        var value: Int32 = isAllowed ? 1 : 0
        for socket in sockets {
            setsockopt(socket.descriptor, SOL_SOCKET, SO_BROADCAST, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }
}
