import Clocks
import Datagrams
import Endpoints
import ErrorNumbers
import Glibc

/// One subscriber of one topic, from joining to leaving.
struct SubscriberRow {
    /// How long an address must stand without being unreachable before it shares a socket with the proven.
    static let provingTime: Duration = .seconds(5)
    /// How long a datagram must stand without a refusal before a subscriber that refused counts as listening again.
    static let refusalTime: Duration = .seconds(5)

    /// Nobody listens there: since when, and the first send after the last refusal.
    private struct Refusal {
        let since: Moment
        var unanswered: Moment?
    }

    var member: Member
    /// The first datagram and the first message meant for it.
    let joinedNumber: UInt64
    let joinedSequence: UInt64
    let joinedAt: Moment
    /// Spreads rows over the sockets of a lane.
    let slot: Int

    /// The first instant at which its address counts as proven.
    private(set) var provenAt: Instant
    private(set) var unreachableSince: Moment?
    private var refusal: Refusal?
    /// When the failures that have not ended began.
    private var failingSince: Timestamp?
    /// Whether a send of several datagrams may be handed to the kernel whole.
    private(set) var takesRuns = true

    /// Messages of which no copy was taken for it.
    var failedMessages: UInt64 = 0
    var failures = FailureRanges()
    private(set) var lastError: SubscriberError?
    /// When something was first sent to it after its last error.
    private var sentSinceError: Instant?

    init(member: Member, number: UInt64, sequence: UInt64, slot: Int, at now: Moment) {
        self.member = member
        self.slot = slot
        joinedNumber = number
        joinedSequence = sequence
        joinedAt = now
        provenAt = now.instant + Self.provingTime
    }

    /// Which socket its datagrams leave by.
    func lane(at now: Instant) -> Lane {
        if now >= provenAt { return .proven }
        return unreachableSince == nil ? .fresh(slot) : .unreachable(slot)
    }

    /// - Parameter newest: the number of the last datagram whose first copies were sent.
    func state(at now: Instant, newest: UInt64) -> (state: SubscriberState, since: Timestamp) {
        if now < provenAt, let unreachableSince { return (.unreachable, unreachableSince.timestamp) }
        if let refusal, !isOver(refusal, at: now) { return (.refusing, refusal.since.timestamp) }
        if let failingSince, failures.latest >= newest { return (.failing, failingSince) }
        if now < provenAt { return (.unproven, joinedAt.timestamp) }
        let begin = max(provenAt, refusal?.unanswered?.instant ?? provenAt)
        return (.ok, joinedAt.timestamp + (begin - joinedAt.instant))
    }

    /// Notes that something was sent to it; what comes back, if anything does, is noted after that.
    ///
    /// Returns whether a refusal is still to be watched.
    mutating func noteSend(at now: Moment) -> Bool {
        if sentSinceError == nil { sentSinceError = now.instant }
        guard let refusal else { return false }
        if isOver(refusal, at: now.instant) { return false }
        if refusal.unanswered == nil { self.refusal?.unanswered = now }
        return true
    }

    /// Notes that datagrams from `number` on were not taken for it; whether those before were.
    @discardableResult
    mutating func noteFailure(from number: UInt64, at now: Moment) -> Bool {
        guard failingSince == nil || failures.latest + 1 < number else { return false }
        failingSince = now.timestamp
        return true
    }

    private func isOver(_ refusal: Refusal, at now: Instant) -> Bool {
        refusal.unanswered.map { now >= $0.instant + Self.refusalTime } ?? false
    }

    /// Notes an error that belongs to this endpoint, whether a send met it or ICMP told it later.
    ///
    /// Returns whether it thereby became unreachable or refusing.
    @discardableResult
    mutating func note(_ code: Int32, mtu: Int? = nil, byteCount: Int? = nil, at now: Moment) -> Bool {
        let before = lastError?.code == code ? lastError : nil
        lastError = SubscriberError(
            code: code, mtu: mtu ?? before?.mtu, byteCount: byteCount ?? before?.byteCount, at: now.timestamp)
        sentSinceError = nil
        switch code {
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN:
            let isNew = now.instant >= provenAt || unreachableSince == nil
            if isNew { unreachableSince = now }
            provenAt = now.instant + Self.provingTime
            return isNew
        case ECONNREFUSED:
            let isNew = refusal.map { isOver($0, at: now.instant) } ?? true
            if isNew { refusal = Refusal(since: now) }
            refusal?.unanswered = nil
            return isNew
        default:
            return false
        }
    }

    /// Whether nothing has gone wrong for a while with what was sent to it.
    func isQuiet(at now: Instant) -> Bool {
        guard lastError != nil else { return true }
        return sentSinceError.map { now - $0 >= Troubles.quietTime } ?? false
    }

    /// From here on each datagram is sent alone.
    mutating func refuseRuns() {
        takesRuns = false
    }
}

/// The last thing that went wrong with a subscriber.
struct SubscriberError: Hashable, Sendable, CustomStringConvertible {
    /// An errno, or ``FailureRanges/overrun``.
    var code: Int32
    var mtu: Int?
    var byteCount: Int?
    var at: Timestamp

    var description: String {
        if code == EMSGSIZE, let mtu {
            let size = byteCount.map { "datagram of \($0) bytes" } ?? "datagram"
            return "\(size) exceeds the path's MTU of \(mtu) (EMSGSIZE)"
        }
        return Self.text(code)
    }

    static func text(_ code: Int32) -> String {
        code == FailureRanges.overrun ? "overtaken by newer messages in the log (overrun)" : "\(ErrorNumber(code))"
    }
}

/// Which of the sender's sockets an endpoint is served by, so that a dead address holds up none but its own kind.
enum Lane: Hashable {
    case proven
    case fresh(Int)
    case unreachable(Int)
}
