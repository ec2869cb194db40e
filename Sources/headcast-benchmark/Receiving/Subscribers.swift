/// Those that receive in a benchmark, and count what they got.
protocol Subscribers: AnyObject {
    var plan: ReceiverPlan { get }
    /// What SO_RCVBUF granted each socket, in bytes of kernel memory.
    var grantedBytes: Int { get }
    /// What they have counted so far.
    var counts: SubscriberCounts { get }
}

/// What subscribers have counted by one time, together.
struct SubscriberCounts {
    /// Messages that arrived whole and intact, each subscriber's counted.
    var deliveries: Int
    /// Those that did not: another length, another filling, something unreadable.
    var damaged: Int
    /// What receiving has used of processors, in nanoseconds.
    var processorTime: Int
}
