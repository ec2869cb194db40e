import Glibc

enum FreePort {
    /// A port that is free for UDP on every address and for TCP on loopback at this moment.
    static func find() throws -> UInt16 {
        for _ in 0..<50 {
            let stream = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(stream) }
            let datagrams = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            defer { close(datagrams) }
            guard bind(datagrams, to: 0), let port = port(of: datagrams), bind(stream, to: port) else { continue }
            return port
        }
        throw NeverHappened(what: "a port was free", account: "")
    }

    private static func bind(_ descriptor: Int32, to port: UInt16) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func port(of descriptor: Int32) -> UInt16? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return result == 0 ? UInt16(bigEndian: address.sin_port) : nil
    }
}
