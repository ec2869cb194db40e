import Glibc

/// A value of errno, for messages: `address already in use (EADDRINUSE)`.
package struct ErrorNumber: Hashable, Sendable, CustomStringConvertible {
    package let code: Int32

    package init(_ code: Int32) {
        self.code = code
    }

    package var description: String {
        // In glibc (2.35 and later) `%m` is the text of errno and `%#m` its name.
        let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            errno = code
            _ = withVaList([]) { vsnprintf(buffer.baseAddress, buffer.count, "%m (%#m)", $0) }
            return buffer.baseAddress.map { String(cString: $0) } ?? "error \(code)"
        }
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
