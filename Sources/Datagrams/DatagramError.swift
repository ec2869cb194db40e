import CLinux
import Endpoints
import Glibc

/// What can go wrong while sockets and rings are set up.
package enum DatagramError: Error, CustomStringConvertible {
    /// A system call and its errno.
    case system(String, Int32)
    /// The address a socket could not have, and the errno.
    case bind(Endpoint, Int32)

    package var description: String {
        switch self {
        case .system(let call, let code): "\(call) failed: \(describe(errno: code))"
        case .bind(let endpoint, let code): "cannot bind UDP \(endpoint): \(describe(errno: code))"
        }
    }
}

/// `connection refused (ECONNREFUSED)` for its number.
package func describe(errno code: Int32) -> String {
    let text = String(cString: strerror(code))
    guard let name = linux_errno_name(code) else { return text.lowercasedFirst }
    return "\(text.lowercasedFirst) (\(String(cString: name)))"
}

extension String {
    fileprivate var lowercasedFirst: String {
        prefix(1).lowercased() + dropFirst()
    }
}
