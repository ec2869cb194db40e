/// What a topic has done since its epoch began.
package struct TopicCounters: Sendable {
    /// Messages numbered.
    package var messages: UInt64 = 0
    /// Their payload bytes.
    package var payloadBytes: UInt64 = 0
    /// Datagrams the kernel took, every endpoint and copy counted.
    package var datagramsSent: UInt64 = 0
    /// Their payload bytes.
    package var bytesSent: UInt64 = 0
    /// (subscriber, copy) pairs of a message that the kernel took whole.
    package var copiesSent: UInt64 = 0
    /// (subscriber, copy) pairs of a message that were not taken, those overtaken in the log included.
    package var copiesFailed: UInt64 = 0
    /// (subscriber, copy) pairs of a message overtaken in the log before they were due.
    package var copiesOverrun: UInt64 = 0
    /// Sends that the kernel would only take datagram by datagram.
    package var runsRefused: UInt64 = 0
    /// Publishes refused because the log was full of what is still to be sent.
    package var overloaded: UInt64 = 0
    /// Publishes refused because the topic's bytes per second were used up.
    package var rateLimited: UInt64 = 0
}
