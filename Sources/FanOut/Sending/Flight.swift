import Clocks

/// A send under way: one run to every subscriber it is meant for, resumable after every system call.
struct Flight {
    let run: Run
    /// Which sending of the run: 0 is the first.
    let copy: Int
    /// Time from one copy to the next; meaningless for the first.
    let spacing: Duration
    /// Where in each group it begins, so that no endpoint is always the last.
    let rotation: Int

    /// How far it has come: the group, the datagram within the run where the group takes no runs, the entry.
    var group = 0
    var datagram = 0
    var entry = 0

    /// How often the entry at the head was refused.
    var tries = 0
    /// When a full socket is no longer waited for; set when it first was since something left.
    var deadline: Instant?
    /// When a congested link is no longer waited for; set when it first was. Others' datagrams may leave all the while,
    /// so those do not prolong it.
    var congestionDeadline: Instant?

    /// Goes on to the next datagram of this group, of which there are `datagrams`, or to the next group.
    mutating func nextSweep(of datagrams: Int) {
        entry = 0
        datagram += 1
        guard datagram >= datagrams else { return }
        datagram = 0
        group += 1
    }

    /// Goes on by `count` entries.
    mutating func pass(_ count: Int) {
        entry += count
        tries = 0
    }
}

/// What a topic wants of the loop after a step.
package enum Progress: Equatable, Sendable {
    /// There is more to send: step again once whoever waits for an answer has been served.
    case ready
    /// Nothing to do before this instant; nil until something is published.
    case idle(until: Instant?)
    /// The proven socket is full: step again when it can be written, or at this instant.
    case blocked(until: Instant)
}
