import Endpoints
import Glibc

/// A TCP socket that is bound and listening.
///
/// Close-on-exec and nonblocking, with SO_REUSEADDR so that a restart does not wait for old connections. `[::]` is
/// dual-stack: it takes IPv4 connections as well. Closes when it goes out of scope, unless a server took it over.
package struct ListeningSocket: ~Copyable {
    let descriptor: Int32

    /// Where it listens; the port is the real one when 0 was asked for.
    package let endpoint: Endpoint

    /// Binds `endpoint` and listens.
    ///
    /// Throws ``HTTPServerError/cannotListen(on:errno:)`` when a system call is refused.
    package init(on endpoint: Endpoint) throws(HTTPServerError) {
        let family = endpoint.address.isIPv4 ? AF_INET : AF_INET6
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw .cannotListen(on: endpoint, errno: errno) }
        var (on, off): (Int32, Int32) = (1, 0)
        let size = socklen_t(MemoryLayout<Int32>.size)
        let isListening =
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size) == 0
            && (family == AF_INET || setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, size) == 0)
            && withSocketAddress(of: endpoint) { bind(descriptor, $0, $1) } == 0
            && listen(descriptor, SOMAXCONN) == 0
        guard isListening else {
            let reason = errno
            close(descriptor)
            throw .cannotListen(on: endpoint, errno: reason)
        }
        self.descriptor = descriptor
        self.endpoint = Endpoint(address: endpoint.address, port: boundPort(of: descriptor))
    }

    deinit {
        close(descriptor)
    }

    /// Hands the descriptor over to someone who will close it.
    consuming func release() -> Int32 {
        let descriptor = descriptor
        discard self
        return descriptor
    }
}

/// Calls `body` with `endpoint` as the kernel takes it: sockaddr_in for IPv4, sockaddr_in6 for IPv6.
private func withSocketAddress<Result>(
    of endpoint: Endpoint, _ body: (UnsafePointer<sockaddr>?, socklen_t) -> Result
) -> Result {
    func call<Address>(_ address: Address) -> Result {
        withUnsafeBytes(of: address) { bytes in
            body(bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
        }
    }
    if endpoint.address.isIPv4 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = endpoint.port.bigEndian
        address.sin_addr.s_addr = endpoint.address.v4.bigEndian
        return call(address)
    }
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = endpoint.port.bigEndian
    withUnsafeMutableBytes(of: &address.sin6_addr) {
        $0.storeBytes(of: endpoint.address.bits.bigEndian, as: UInt128.self)
    }
    return call(address)
}

/// The port a bound socket has; both address families keep it at the same place.
private func boundPort(of descriptor: Int32) -> UInt16 {
    var address = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    withUnsafeMutableBytes(of: &address) { bytes in
        _ = getsockname(descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, &size)
    }
    return UInt16(bigEndian: address.sin6_port)
}
