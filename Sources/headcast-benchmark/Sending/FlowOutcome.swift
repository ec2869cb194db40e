import Clocks

/// What became of messages sent to all receivers.
struct FlowOutcome: Sendable {
    /// Messages times subscribers.
    var sent: Int
    /// Those that receivers counted, intact.
    var deliveries: Int
    var damaged: Int
    /// From the first publish to the last arrival.
    var time: Duration
    /// What the thread that published has used of a processor, and that of the receivers.
    var senderTime: Duration
    var receiverTime: Duration

    var lost: Int { sent - deliveries }
    var perSecond: Double { Double(deliveries) / time.seconds }
}
