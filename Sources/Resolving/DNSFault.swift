/// Why an answer from a nameserver says nothing about the name.
package enum DNSFault: Error, Hashable {
    /// The bytes are not a whole, well-formed answer to the question.
    case malformed(String)

    /// The nameserver reports a failure of its own; carries the code's name, such as `SERVFAIL`.
    case failed(String)

    /// The nameserver neither knows nor asks on, and names other nameservers instead.
    case referral
}

extension DNSFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed(let detail): "malformed answer (\(detail))"
        case .failed(let code): code
        case .referral: "referral instead of an answer"
        }
    }
}
