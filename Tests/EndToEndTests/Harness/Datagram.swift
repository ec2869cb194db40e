import Glibc

/// Sends one datagram to an IPv4 endpoint from a socket of its own.
func sendDatagram(_ bytes: [UInt8], to endpoint: String) throws {
    let parts = endpoint.split(separator: ":")
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    guard parts.count == 2, let port = UInt16(parts[1]), inet_pton(AF_INET, String(parts[0]), &address.sin_addr) == 1
    else { throw HTTPConnection.Failure(doing: "read the endpoint \(endpoint)", number: EINVAL) }
    address.sin_port = port.bigEndian
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    let sent = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bytes.withUnsafeBytes {
                sendto(descriptor, $0.baseAddress, $0.count, 0, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
    guard sent == bytes.count else { throw HTTPConnection.Failure(doing: "send to \(endpoint)", number: errno) }
}
