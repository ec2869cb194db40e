import Clocks

/// What the gateway did with one message.
package struct LedgerEntry: Sendable {
    package let id: MessageID
    /// Index of its topic, in the order the topics were made.
    package let topic: Int
    package let sequence: UInt64
    /// The datagrams it travels in.
    package let numbers: Range<UInt64>
    package let publishedAt: Timestamp
    package let payloadBytes: Int
    /// How many times it is sent to each subscriber.
    package let copies: Int
    /// Time from one copy to the next.
    package let spacing: Duration
    /// The ledger position of the topic's message before it, 0 if none.
    let previous: UInt64

    /// Whether the first copies have been sent; until then the counts below are zero.
    package internal(set) var isSettled = false
    /// The membership's revision when it was sent.
    package internal(set) var revision: UInt64 = 0
    /// Set when the membership could not be confirmed at that time.
    package internal(set) var stale: Staleness?
    /// How many subscribers it was meant for.
    package internal(set) var subscribers = 0
    /// Those for whom the kernel took no whole copy.
    package internal(set) var failed = 0
    /// (subscriber, copy) pairs taken so far.
    package internal(set) var copiesSent = 0

    /// Those for whom the kernel took at least one whole copy.
    package var sent: Int { subscribers - failed }
}
