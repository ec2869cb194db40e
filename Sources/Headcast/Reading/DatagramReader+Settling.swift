import Clocks

/// What is given up, and what that sets free.
extension DatagramReader {
    /// Tells of numbers that are lost, and hands over what waited for them, each in its place.
    ///
    /// What waits for others beyond the bound is left to ``release(_:at:to:)``.
    mutating func giveUp(
        _ lost: [ClosedRange<UInt64>], of stream: Int, at now: Moment,
        to events: inout [Subscription.Event]
    ) {
        guard !lost.isEmpty else { return }
        for numbers in lost {
            hand(over: stream, before: numbers.lowerBound, at: now, to: &events)
            counters.gaps += 1
            let gap = Subscription.Gap(stream: streams.streams[stream].name, numbers: numbers)
            let (sum, overflow) = counters.lostDatagrams.addingReportingOverflow(gap.datagrams)
            counters.lostDatagrams = overflow ? .max : sum
            events.append(.gap(gap))
        }
        reassembly.lose(of: streams.streams[stream])
        reportAbandoned(to: &events)
        handOverReady(of: stream, at: now, to: &events)
    }

    /// Hands over the messages of a stream that wait for nothing any more.
    ///
    /// If too many wait, of all streams, the one that holds most gives up what it waits for.
    mutating func release(_ stream: Int, at now: Moment, to events: inout [Subscription.Event]) {
        handOverReady(of: stream, at: now, to: &events)
        while heldBytes > options.heldBytes,
            let fullest = streams.streams.indices.max(by: { heldBytes(of: $0) < heldBytes(of: $1) }),
            !streams.streams[fullest].held.isEmpty
        {
            giveUp(streams.streams[fullest].numbers.takeFirst(), of: fullest, at: now, to: &events)
        }
    }

    private func heldBytes(of stream: Int) -> Int { streams.streams[stream].held.bytes }

    private mutating func handOverReady(of stream: Int, at now: Moment, to events: inout [Subscription.Event]) {
        guard options.isOrdered else { return }
        let missing = streams.streams[stream].numbers.firstMissing
        hand(over: stream, before: missing, at: now, to: &events)
        let closed = missing.map { $0 - 1 } ?? streams.streams[stream].numbers.highest
        streams.streams[stream].closed = max(streams.streams[stream].closed, closed)
    }

    private mutating func hand(
        over stream: Int, before number: UInt64?, at now: Moment, to events: inout [Subscription.Event]
    ) {
        heldBytes -= heldBytes(of: stream)
        while let message = streams.streams[stream].held.next(before: number) {
            handOver(message, of: stream, at: now, to: &events)
        }
        heldBytes += heldBytes(of: stream)
    }

    mutating func reportAbandoned(to events: inout [Subscription.Event]) {
        guard !reassembly.abandoned.isEmpty else { return }
        counters.incompleteMessages += reassembly.abandoned.count
        for incomplete in reassembly.abandoned { events.append(.incomplete(incomplete)) }
        reassembly.abandoned.removeAll()
    }
}
