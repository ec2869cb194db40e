import CMicroHTTPD
import Endpoints
import Glibc

/// Why a server cannot start.
package enum HTTPServerError: Error, Equatable {
    /// socket(2), bind(2) or listen(2) failed with `errno`.
    case cannotListen(on: Endpoint, errno: Int32)

    /// libmicrohttpd refused to start on a socket that was already listening.
    case cannotStart(on: Endpoint, errno: Int32)
}

extension HTTPServerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotListen(let endpoint, let errno): "cannot bind \(endpoint): \(reason(errno))"
        case .cannotStart(let endpoint, let errno): "cannot serve HTTP on \(endpoint): \(reason(errno))"
        }
    }
}

/// The text and the name of an errno: `address already in use (EADDRINUSE)`.
private func reason(_ errno: Int32) -> String {
    let text = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
    let name = strerrorname_np(errno).map { String(cString: $0) } ?? "errno \(errno)"
    return "\(text.prefix(1).lowercased())\(text.dropFirst()) (\(name))"
}
