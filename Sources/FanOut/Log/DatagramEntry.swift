import Clocks

/// What the log knows of one datagram besides its bytes.
struct DatagramEntry {
    /// Where its bytes begin in the ring.
    var position: UInt64
    /// Bytes.
    var length: UInt32
    /// How many messages end in it.
    var ended: UInt16
    /// The sequence of the last message that ends in it or before it.
    var lastSequence: UInt64
    /// The datagram in which the message begins whose part stands first in it: its own number unless that message began
    /// in an earlier one.
    var begins: UInt64
    /// How often it is sent to each subscriber, the first time included.
    var copies: UInt8
    /// When the last message in it was published; further copies are due from here.
    var publishedAt: Instant
    /// Time from one copy to the next.
    var spacing: Duration
    /// The ledger position of the last message that ends in it.
    var message: UInt64

    /// When copy `copy` of it is due; 0 is the first.
    func due(copy: Int) -> Instant {
        publishedAt + spacing * copy
    }
}
