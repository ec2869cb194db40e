/// What is known of a subscriber from sending to it. None of these says that a message arrived.
package enum SubscriberState: String, CaseIterable, Sendable {
    /// Sends are taken and nothing came back against them.
    case ok
    /// New: its address has not yet stood ``SubscriberRow/provingTime`` without being unreachable.
    case unproven
    /// Its node answers that nobody listens on the port (ICMP port unreachable).
    case refusing
    /// No way to its address (EHOSTUNREACH, ENETUNREACH).
    case unreachable
    /// The kernel did not take the newest message for it, for another reason.
    case failing
}
