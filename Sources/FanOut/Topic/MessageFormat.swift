/// What the datagrams of a topic hold.
package enum MessageFormat: String, CaseIterable, Sendable {
    /// Each datagram is one payload, byte for byte, so that any listener can read it.
    case raw
    /// Numbered datagrams with several messages, or with a part of one (wire-format.md of `Wire`).
    case enveloped

    /// Whether attributes and a time to live travel with the payload.
    package var carriesAttributes: Bool { self != .raw }
}
