import Endpoints
import ErrorNumbers

/// What can go wrong while sockets and rings are set up.
package enum DatagramError: Error, CustomStringConvertible {
    /// A system call and its errno.
    case system(String, Int32)
    /// The address a socket could not have, and the errno.
    case bind(Endpoint, Int32)

    package var description: String {
        switch self {
        case .system(let call, let code): "\(call) failed: \(ErrorNumber(code))"
        case .bind(let endpoint, let code): "cannot bind UDP \(endpoint): \(ErrorNumber(code))"
        }
    }
}
