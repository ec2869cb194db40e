import Glibc

/// A subscriber that something began to speak against, for the log.
package struct SubscriberTrouble: Sendable {
    package let member: Member
    /// `refusing`, `unreachable` or `failing`.
    package let state: SubscriberState
    package let error: String

    /// - Parameter code: an errno.
    init(_ member: Member, code: Int32, error: String) {
        self.member = member
        self.error = error
        switch code {
        case ECONNREFUSED: state = .refusing
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN: state = .unreachable
        default: state = .failing
        }
    }
}
