/// What one lookup of a topic's name found out.
package enum Observation: Hashable, Sendable {
    /// Every member there is.
    case complete([Member], timeToLive: Duration)

    /// Some of the members; nothing is known about others.
    case truncated([Member], timeToLive: Duration)

    /// The source says that there is nobody.
    case negative(reason: String)

    /// The source did not answer, or nothing that can be used.
    case unknown(reason: String)

    /// How long a cache may keep this answer; nil when it names nobody.
    var timeToLive: Duration? {
        switch self {
        case .complete(let members, let timeToLive), .truncated(let members, let timeToLive):
            members.isEmpty ? nil : timeToLive
        case .negative, .unknown: nil
        }
    }
}
