import Datagrams
import Endpoints

/// A pod on loopback: a UDP socket with an address of its own, read without waiting.
struct LoopbackPod: ~Copyable {
    let socket: UDPSocket

    /// - Parameter last: the last number of its address, 127.0.0.2 and up being as good as any on Linux.
    init(_ last: UInt32 = 2) throws {
        socket = try UDPSocket(source: Endpoint(address: IPAddress(v4: 0x7F00_0000 + last), port: 0))
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
}
