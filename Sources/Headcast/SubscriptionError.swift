import Datagrams
import ErrorNumbers

/// Why there is no subscription.
public enum SubscriptionError: Error, Hashable, Sendable {
    /// This is no address and port.
    case address(String)
    /// The socket cannot be had: what was tried, and an errno.
    case socket(String, code: Int32)
}

extension SubscriptionError {
    init(_ error: DatagramError) {
        switch error {
        case .system(let call, let code): self = .socket(call, code: code)
        case .bind(let endpoint, let code): self = .socket("bind UDP \(endpoint)", code: code)
        }
    }
}

extension SubscriptionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .address(let text): "\"\(text)\" is no address and port; expected [::]:12000 or 10.0.0.1:12000"
        case .socket(let action, let code): "cannot \(action): \(ErrorNumber(code))"
        }
    }
}
