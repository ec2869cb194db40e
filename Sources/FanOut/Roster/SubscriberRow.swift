import Clocks
import Datagrams
import Endpoints
import Glibc

/// One subscriber of one topic, from joining to leaving.
struct SubscriberRow {
    /// How long an address must stand without being unreachable before it shares a socket with the proven.
    static let provingTime: Duration = .seconds(5)
    /// How long after the last refusal, while sends go on, a subscriber counts as refusing.
    static let refusalTime: Duration = .seconds(5)

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
    private(set) var refusedSince: Moment?
    private(set) var refusedLast: Instant?
    /// Whether a send of several datagrams may be handed to the kernel whole.
    private(set) var takesRuns = true

    /// Messages of which no copy was taken for it.
    var failedMessages: UInt64 = 0
    var failures = FailureRanges()
    private(set) var lastError: SubscriberError?

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

    /// - Parameter lastSend: when the topic last sent anything to anybody.
    func state(at now: Instant, lastSend: Instant?) -> (state: SubscriberState, since: Timestamp) {
        if now < provenAt, let unreachableSince { return (.unreachable, unreachableSince.timestamp) }
        if let refusedSince, let refusedLast, (lastSend ?? refusedLast) < refusedLast + Self.refusalTime {
            return (.refusing, refusedSince.timestamp)
        }
        if now < provenAt { return (.unproven, joinedAt.timestamp) }
        let refusalEnd = refusedLast.map { $0 + Self.refusalTime } ?? provenAt
        return (.ok, joinedAt.timestamp + (max(provenAt, refusalEnd) - joinedAt.instant))
    }

    /// Notes an error that belongs to this endpoint, whether a send met it or ICMP told it later.
    mutating func note(_ code: Int32, mtu: Int? = nil, byteCount: Int? = nil, at now: Moment) {
        let before = lastError?.code == code ? lastError : nil
        lastError = SubscriberError(
            code: code, mtu: mtu ?? before?.mtu, byteCount: byteCount ?? before?.byteCount, at: now.timestamp)
        switch code {
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN:
            if now.instant >= provenAt || unreachableSince == nil { unreachableSince = now }
            provenAt = now.instant + Self.provingTime
        case ECONNREFUSED:
            let isOver = refusedLast.map { now.instant >= $0 + Self.refusalTime } ?? true
            if isOver { refusedSince = now }
            refusedLast = now.instant
        default:
            break
        }
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
        code == FailureRanges.overrun ? "overtaken by newer messages in the log (overrun)" : describe(errno: code)
    }
}

/// Which of the sender's sockets an endpoint is served by, so that a dead address holds up none but its own kind.
enum Lane: Hashable {
    case proven
    case fresh(Int)
    case unreachable(Int)
}
