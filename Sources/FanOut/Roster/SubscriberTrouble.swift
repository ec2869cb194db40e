import Glibc

/// That something began, or ceased, to speak against a subscriber, for whoever reads the log.
package struct SubscriberTrouble: Sendable {
    package let member: Member
    /// `refusing`, `unreachable` or `failing`.
    package let state: SubscriberState
    /// The last error there was.
    package let error: String
    /// Whether it is over.
    package let isOver: Bool

    init(_ member: Member, _ state: SubscriberState, error: String, isOver: Bool = false) {
        self.member = member
        self.state = state
        self.error = error
        self.isOver = isOver
    }

    /// The beginning of trouble.
    ///
    /// - Parameter code: an errno.
    init(_ member: Member, code: Int32, error: String) {
        switch code {
        case ECONNREFUSED: self.init(member, .refusing, error: error)
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN: self.init(member, .unreachable, error: error)
        default: self.init(member, .failing, error: error)
        }
    }
}
