import CLinux
import Glibc

/// What can go wrong while a loop is set up.
package enum EventLoopError: Error, CustomStringConvertible {
    /// A system call and its errno.
    case system(String, Int32)

    package var description: String {
        switch self {
        case .system(let call, let code):
            let text = String(cString: strerror(code))
            let name = linux_errno_name(code).map { " (\(String(cString: $0)))" } ?? ""
            return "\(call) failed: \(text.prefix(1).lowercased())\(text.dropFirst())\(name)"
        }
    }
}
