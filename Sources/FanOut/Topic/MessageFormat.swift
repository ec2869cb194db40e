/// What the datagrams of a topic hold.
package enum MessageFormat: String, CaseIterable, Sendable {
    /// Each datagram is one payload, byte for byte, so that any listener can read it.
    case raw
    /// Numbered datagrams with several messages, or with a part of one (wire-format.md of `Wire`).
    case enveloped
    /// Each datagram is one event in JSON (CloudEvents 1.0.2), so that receivers without a library know copies.
    case cloudevents

    /// Whether an attribute of this name travels with the payload.
    package func carries(attribute name: String) -> Bool {
        switch self {
        case .raw: false
        case .enveloped: true
        case .cloudevents: EventWriter.member(for: name) != nil
        }
    }

    /// Whether the time to live travels with the payload.
    package var carriesTTL: Bool { self != .raw }
}
