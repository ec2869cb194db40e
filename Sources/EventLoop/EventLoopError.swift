import ErrorNumbers

/// What can go wrong while a loop is set up.
package enum EventLoopError: Error, CustomStringConvertible {
    /// A system call and its errno.
    case system(String, Int32)

    package var description: String {
        switch self {
        case .system(let call, let code):
            "\(call) failed: \(ErrorNumber(code))"
        }
    }
}
