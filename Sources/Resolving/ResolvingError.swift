import ErrorNumbers

/// Why a lookup cannot be asked for, or a resolver not be made.
package enum ResolvingError: Error, Hashable {
    case invalidName(String, because: String)
    case invalidPort(String)
    case invalidNameserver(String)
    case unreadableConfiguration(path: String, errno: Int32)
    case cannotStart(String, errno: Int32)
}

extension ResolvingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidName(let name, let reason):
            "\"\(name)\" is not a name that DNS can resolve: \(reason)"
        case .invalidPort(let port):
            "\"\(port)\" is not a port; expected a number from 1 to 65535 or the name of a port, like \"udp\""
        case .invalidNameserver(let text):
            "\"\(text)\" is not a nameserver; expected ADDRESS:PORT, like 127.0.0.1:53 or [::1]:53"
        case .unreadableConfiguration(let path, let code):
            "cannot read \(path): \(ErrorNumber(code))"
        case .cannotStart(let part, let code):
            "cannot start the resolver: \(part): \(ErrorNumber(code))"
        }
    }
}
