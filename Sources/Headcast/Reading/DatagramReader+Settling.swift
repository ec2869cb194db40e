import Clocks

/// What is given up, and what that sets free.
extension DatagramReader {
    /// Gives up what a stream has lost by `now`, and hands over what waited for it.
    mutating func settle(_ stream: StreamMemory, at now: Instant, to events: inout [Subscription.Event]) {
        giveUp(stream.numbers.takeLost(by: now), of: stream, to: &events)
        release(stream, at: now, to: &events)
    }

    /// Hands over the messages of a stream that wait for nothing any more.
    ///
    /// If too many wait, what they wait for is given up.
    mutating func release(_ stream: StreamMemory, at now: Instant, to events: inout [Subscription.Event]) {
        guard options.isOrdered else { return }
        hand(over: stream, at: now, to: &events)
        while heldBytes > options.heldBytes, stream.held.bytes > 0 {
            let lost = stream.numbers.takeFirst()
            giveUp(lost, of: stream, to: &events)
            hand(over: stream, at: lost.isEmpty ? .distantFuture : now, to: &events)
        }
    }

    private mutating func hand(over stream: StreamMemory, at now: Instant, to events: inout [Subscription.Event]) {
        heldBytes -= stream.held.bytes
        stream.held.release(below: stream.numbers.firstMissing, at: now, to: &events)
        heldBytes += stream.held.bytes
    }

    mutating func giveUp(_ lost: [Range<UInt64>], of stream: StreamMemory, to events: inout [Subscription.Event]) {
        guard !lost.isEmpty else { return }
        for numbers in lost {
            counters.gaps += 1
            let (sum, overflow) = counters.lostDatagrams.addingReportingOverflow(
                numbers.upperBound - numbers.lowerBound)
            counters.lostDatagrams = overflow ? .max : sum
            events.append(.gap(.init(stream: stream.name, numbers: numbers.lowerBound...numbers.upperBound - 1)))
        }
        reassembly.lose(lost, of: stream)
        reportAbandoned(to: &events)
    }

    mutating func reportAbandoned(to events: inout [Subscription.Event]) {
        guard !reassembly.abandoned.isEmpty else { return }
        counters.incompleteMessages += reassembly.abandoned.count
        for incomplete in reassembly.abandoned { events.append(.incomplete(incomplete)) }
        reassembly.abandoned.removeAll()
    }
}
