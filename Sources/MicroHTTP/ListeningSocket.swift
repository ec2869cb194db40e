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
            && SocketAddress(endpoint).withPointer { bind(descriptor, $0, $1) } == 0
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

/// The port a bound socket has.
private func boundPort(of descriptor: Int32) -> UInt16 {
    var address = SocketAddress()
    let result = address.withMutablePointer { getsockname(descriptor, $0, $1) }
    return result == 0 ? address.endpoint?.port ?? 0 : 0
}
