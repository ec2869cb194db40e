import Clocks

/// When the heartbeats of a topic are due, and from where on they count.
///
/// A heartbeat tells what has been sent, so that a receiver that got nothing of the last datagrams knows of them. It comes
/// soon after the last one and then ever more rarely.
struct HeartbeatSchedule {
    /// From the last datagram of messages, first or further copy, to the first heartbeat at most.
    static let shortest: Duration = .milliseconds(100)
    static let longest: Duration = .seconds(30)
    /// For how long at least a heartbeat speaks of what was sent before it.
    static let memory: Duration = .seconds(10)

    /// When the next one to all subscribers is due; nil while there is nothing to tell.
    private(set) var due: Instant?
    /// Whether something was sent of which no heartbeat has told yet.
    private(set) var owesTail = false
    /// The first datagram that was meant for subscribers who have joined and were not told so; nil when all were.
    private(set) var joined: UInt64?

    private var interval = shortest
    /// Where the log stood at two times, ``memory`` or more apart.
    private var older: UInt64 = 1
    private var newer: UInt64 = 1
    private var newerSince: Instant?

    /// Notes that the datagrams from `number` on have just been sent.
    mutating func noteSend(from number: UInt64, at now: Instant) {
        turn(to: number, now)
        interval = Self.shortest
        due = now + interval
        owesTail = true
    }

    /// Notes that further copies have just been sent: who got none of the first may know of them now.
    mutating func noteCopy(at now: Instant) {
        interval = Self.shortest
        due = min(due ?? now + interval, now + interval)
    }

    /// Notes that subscribers joined for whom the datagrams from `number` on are meant.
    mutating func noteJoin(at number: UInt64, _ now: Instant) {
        joined = min(joined ?? number, number)
        due = due ?? now + interval
    }

    /// Notes that a heartbeat went to all.
    mutating func noteBeat(at now: Instant) {
        interval = min(interval * 2, Self.longest)
        due = now + interval
        owesTail = false
    }

    /// Notes that those who joined were told.
    mutating func noteWelcome() {
        joined = nil
    }

    /// The first datagram that was sent within about the last ten seconds; `head`, the first that is to be sent, when
    /// there is none.
    mutating func recent(head: UInt64, at now: Instant) -> UInt64 {
        turn(to: head, now)
        return older
    }

    private mutating func turn(to number: UInt64, _ now: Instant) {
        guard let since = newerSince else {
            newerSince = now
            return
        }
        guard now >= since + Self.memory else { return }
        older = now >= since + Self.memory * 2 ? number : newer
        newer = number
        newerSince = now
    }
}
