import Clocks

/// What is given up, and what that sets free.
extension DatagramReader {
    /// Tells of numbers that are lost, and hands over what waited for them, each in its place.
    ///
    /// What waits for others beyond the bound is left to ``release(_:at:to:)``.
    mutating func giveUp(
        _ lost: [ClosedRange<UInt64>], of stream: StreamMemory, at now: Moment,
        to events: inout [Subscription.Event]
    ) {
        guard !lost.isEmpty else { return }
        for numbers in lost {
            hand(over: stream, before: numbers.lowerBound, at: now, to: &events)
            counters.gaps += 1
            let gap = Subscription.Gap(stream: stream.name, numbers: numbers)
            let (sum, overflow) = counters.lostDatagrams.addingReportingOverflow(gap.datagrams)
            counters.lostDatagrams = overflow ? .max : sum
            events.append(.gap(gap))
        }
        reassembly.lose(of: stream)
        reportAbandoned(to: &events)
        handOverReady(of: stream, at: now, to: &events)
    }

    /// Hands over the messages of a stream that wait for nothing any more.
    ///
    /// If too many wait, of all streams, the one that holds most gives up what it waits for.
    mutating func release(_ stream: StreamMemory, at now: Moment, to events: inout [Subscription.Event]) {
        handOverReady(of: stream, at: now, to: &events)
        while heldBytes > options.heldBytes,
            let fullest = streams.streams.max(by: { $0.held.bytes < $1.held.bytes }), !fullest.held.isEmpty
        {
            giveUp(fullest.numbers.takeFirst(), of: fullest, at: now, to: &events)
        }
    }

    private mutating func handOverReady(
        of stream: StreamMemory, at now: Moment, to events: inout [Subscription.Event]
    ) {
        guard options.isOrdered else { return }
        let missing = stream.numbers.firstMissing
        hand(over: stream, before: missing, at: now, to: &events)
        stream.closed = max(stream.closed, missing.map { $0 - 1 } ?? stream.numbers.highest)
    }

    private mutating func hand(
        over stream: StreamMemory, before number: UInt64?, at now: Moment, to events: inout [Subscription.Event]
    ) {
        heldBytes -= stream.held.bytes
        while let message = stream.held.next(before: number) {
            if isKnown(message.id.bits, message.sequence, stream, to: &events) { continue }
            handOver(message, of: stream, at: now, to: &events)
        }
        heldBytes += stream.held.bytes
    }

    mutating func reportAbandoned(to events: inout [Subscription.Event]) {
        guard !reassembly.abandoned.isEmpty else { return }
        counters.incompleteMessages += reassembly.abandoned.count
        for incomplete in reassembly.abandoned { events.append(.incomplete(incomplete)) }
        reassembly.abandoned.removeAll()
    }
}
