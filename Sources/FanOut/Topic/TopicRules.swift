import Wire

/// How one topic sends.
package struct TopicRules: Sendable {
    package var name: String
    package var format = MessageFormat.raw
    /// How many times a message is sent to each subscriber, 1…``maximumCopies``, unless the publish says otherwise.
    package var copies = 1
    /// Time from one copy to the next, unless the publish says otherwise.
    package var spacing: Duration = .milliseconds(50)
    /// The largest payload: at most 65,507 bytes in the raw format, 16 MiB in the enveloped.
    package var maximumPayloadBytes = 1_232
    /// Bytes of an enveloped datagram, 512 to 65,507; the last of a round may be shorter. The most of an event.
    package var datagramBytes = 1_232
    /// Names this process in enveloped datagrams: random, chosen at its start.
    package var source: UInt32 = 0
    /// How much of the recent past is held, in payload bytes.
    package var ringBytes = 16 << 20
    /// The most one subscriber is sent in any millisecond, in payload bytes.
    package var burstBytes = 64 << 10
    /// The most all subscribers together are sent in a second, in payload bytes; nil for no bound.
    package var maximumBytesPerSecond: Int?

    package static let maximumCopies = 16

    package init(name: String) {
        self.name = name
    }
}

/// What a publish may ask for itself; nil leaves it to the topic.
package struct PublishOptions: Sendable {
    package var copies: Int?
    package var spacing: Duration?
    /// Nothing is sent unless there are at least this many subscribers.
    package var require: Int?
    /// What travels with the payload where the format carries it.
    package var attributes = Attributes()
    /// How long the message is of use; nil for ever. Travels where the format carries it.
    package var ttl: Duration?
    /// The message's id, where it follows from what is published; nil for a new one.
    package var id: MessageID?

    package init(copies: Int? = nil, spacing: Duration? = nil, require: Int? = nil) {
        self.copies = copies
        self.spacing = spacing
        self.require = require
    }
}

/// Why a message was not taken. Nothing of it was stored or sent.
package enum PublishFault: Error, Equatable {
    case payloadTooLarge(bytes: Int, limit: Int)
    /// The event that holds it is longer than a datagram.
    case eventTooLarge(bytes: Int, limit: Int)
    /// The log holds too much that is still to be sent.
    case overloaded
    /// Too many different spacings are under way.
    case tooManySpacings(limit: Int)
    /// The topic's bytes per second are used up.
    case rateLimited(wait: Duration)
    case tooFewSubscribers(present: Int, required: Int)
    /// The membership has never been resolved.
    case unresolved
}
