import Glibc

extension ResolvingError {
    /// `permission denied (errno 13)`
    static func text(of code: Int32) -> String {
        let message = strerror(code).map { String(cString: $0) } ?? "unknown error"
        return "\(message.prefix(1).lowercased())\(message.dropFirst()) (errno \(code))"
    }
}
