import Wire

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

    /// The names of what does not travel with a payload, `ttl` for a time to live.
    package func drops(_ attributes: Attributes, ttl: Duration?) -> [String] {
        var names = attributes.items.filter { !carries(attribute: $0.name) || isEclipsed($0.name, in: attributes) }
            .map(\.name)
        guard ttl != nil else { return names }
        // An event ends at one time: its own goes before a time to live, which goes before an attribute of that name.
        let isEvent = self == .cloudevents
        if !carriesTTL || isEvent && attributes.contains("ce-expirytime") {
            names.append("ttl")
        } else if isEvent, attributes.contains("expirytime") {
            names.append("expirytime")
        }
        return names
    }

    /// Whether an event has an attribute of its own by the name of one of the publisher's.
    private func isEclipsed(_ name: String, in attributes: Attributes) -> Bool {
        self == .cloudevents && !name.hasPrefix("ce-") && attributes.contains("ce-" + name)
    }

    /// Whether the time to live travels with the payload.
    package var carriesTTL: Bool { self != .raw }
}
