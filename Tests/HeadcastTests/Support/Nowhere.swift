import Endpoints
import Glibc

/// A port of loopback that refuses every connection, and that nobody else gets meanwhile.
final class Nowhere: Sendable {
    let url: String

    /// Bound, and never listening.
    private let descriptor: Int32

    init() {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var bound = SocketAddress(Endpoint(address: .loopback, port: 0))
        let isBound = bound.withPointer { bind(descriptor, $0, $1) } == 0
        let isNamed = bound.withMutablePointer { getsockname(descriptor, $0, $1) } == 0
        precondition(isBound && isNamed, "no port of loopback")
        self.descriptor = descriptor
        url = "http://\(bound.endpoint?.description ?? "")"
    }

    deinit {
        close(descriptor)
    }
}
