import CLinux
import Glibc

/// A value of errno, for messages: `address already in use (EADDRINUSE)`.
package struct ErrorNumber: Hashable, Sendable, CustomStringConvertible {
    package let code: Int32

    package init(_ code: Int32) {
        self.code = code
    }

    package var description: String {
        // `unknown error 99999` for a number that is none.
        let text = strerror(code).map { String(cString: $0) } ?? "error \(code)"
        let name = linux_errno_name(code).map { " (\(String(cString: $0)))" } ?? ""
        return "\(text.prefix(1).lowercased())\(text.dropFirst())\(name)"
    }
}
