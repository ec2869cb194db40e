import Headcast

/// How many messages `headcast subscribe` took, and what was dropped instead.
struct ReceivingAccount {
    let messages: Int
    let counters: Subscription.Counters
    /// Whether order is kept: then datagrams that come late are dropped, else they are read all the same.
    let isOrdered: Bool

    /// For the end: `12 messages; dropped: 3 duplicate datagrams, 1 expired message`; nil where nothing was dropped.
    var text: String? {
        let dropped = (messageReasons + datagramReasons).filter { $0.count > 0 }
            .map { Wording.count($0.count, $0.noun) + $0.remark }
        guard !dropped.isEmpty else { return nil }
        return "\(Wording.count(messages, "message")); dropped: \(dropped.joined(separator: ", "))"
    }

    private typealias Reason = (count: Int, noun: String, remark: String)

    private var messageReasons: [Reason] {
        [
            (counters.duplicateMessages, "duplicate message", ""),
            (counters.expiredMessages, "expired message", ""),
            (counters.incompleteMessages, "incomplete message", ""),
            (counters.malformedMessages, "malformed message", ""),
            (counters.overflow.messages, "message", " not taken in time"),
        ]
    }

    private var datagramReasons: [Reason] {
        let lost = Int(clamping: counters.lostDatagrams)
        let notUnderstood =
            counters.foreign + counters.unknownVersions + counters.unknownKinds + counters.otherKinds
            + counters.notUnderstood
        return [
            (counters.duplicateDatagrams, "duplicate datagram", ""),
            (isOrdered ? lost : max(0, lost - counters.lateDatagrams), "lost datagram", ""),
            (isOrdered ? counters.lateDatagrams : 0, "late datagram", ""),
            (notUnderstood, "datagram", " not understood"),
            (counters.malformedDatagrams.values.reduce(0, +), "malformed datagram", ""),
            (counters.kernelDrops, "datagram", " by the kernel"),
        ]
    }
}
