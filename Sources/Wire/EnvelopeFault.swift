/// Why a datagram cannot be read as an envelope; it is dropped whole.
package enum EnvelopeFault: Error, Hashable, Sendable {
    /// It does not begin like one.
    case notEnveloped
    case unknownVersion(UInt8)
    case unknownKind(UInt8)
    /// A flag or a field that must be understood is not.
    case notUnderstood
    /// It contradicts itself or ends too early, and how.
    case malformed(String)
}

extension EnvelopeFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notEnveloped: "not enveloped"
        case .unknownVersion(let version): "version \(version) of the enveloped format"
        case .unknownKind(let kind): "kind \(kind) of envelope"
        case .notUnderstood: "asks for something that is not understood"
        case .malformed(let reason): "malformed: \(reason)"
        }
    }
}
