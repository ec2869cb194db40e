import Endpoints
import ErrorNumbers

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
        case .cannotListen(let endpoint, let errno): "cannot bind \(endpoint): \(ErrorNumber(errno))"
        case .cannotStart(let endpoint, let errno): "cannot serve HTTP on \(endpoint): \(ErrorNumber(errno))"
        }
    }
}
