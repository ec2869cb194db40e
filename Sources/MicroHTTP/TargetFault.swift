/// Why a path or a query cannot be decoded.
package enum TargetFault: Error, Equatable {
    /// A `%` that two hexadecimal digits do not follow, in this piece of the target.
    case badEscape(in: String)
    /// `%00`, in this piece of the target.
    case zeroByte(in: String)
    /// Bytes that are not UTF-8 once decoded, in this piece of the target.
    case notUTF8(in: String)
}

extension TargetFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badEscape(let text): "\"\(text)\" has a % that is not followed by two hexadecimal digits; write % as %25"
        case .zeroByte(let text): "\"\(text)\" contains a zero byte"
        case .notUTF8(let text): "\"\(text)\" is not UTF-8 once decoded"
        }
    }
}
