import Clocks
import Endpoints
import Testing

@testable import Headcast

/// The streams of the vectors give here what they give in other implementations.
struct VectorTests {
    @Test func `every stream gives what its vector says`() throws {
        let vectors = try StreamVectors.read()
        #expect(vectors.streams.count > 60)
        for vector in vectors.streams {
            for mode in vector.modes {
                let (steps, counters) = play(vector, ordered: mode == "ordered", clock: vectors.clock)
                for (step, told) in zip(vector.steps, steps) {
                    #expect(told == step.events, "\(vector.name), \(mode), at \(step.at)")
                }
                #expect(counters == vector.counters, "\(vector.name), \(mode)")
            }
        }
    }

    /// What comes of each step, and the counters that are not 0 at the end.
    private func play(
        _ vector: StreamVectors.Stream, ordered: Bool, clock: Int64
    ) -> (steps: [[StreamVectors.Event]], counters: [String: UInt64]) {
        var reader = DatagramReader(options(vector.settings, ordered: ordered))
        var steps: [[StreamVectors.Event]] = []
        for step in vector.steps {
            var events: [Subscription.Event] = []
            // Time passes deadline by deadline, as it does for a receiver that waits for each.
            while let deadline = reader.nextDeadline, deadline < Instant(nanoseconds: step.at * 1_000_000) {
                reader.advance(to: moment(deadline.nanoseconds, clock), to: &events)
            }
            let now = moment(step.at * 1_000_000, clock)
            reader.advance(to: now, to: &events)
            if let datagram = step.datagram?.bytes {
                reader.read(datagram.span.bytes, from: Endpoint(address: .loopback, port: 9), at: now, to: &events)
            }
            steps.append(events.compactMap(StreamVectors.Event.init))
        }
        return (steps, reader.counters.named.filter { $0.value > 0 })
    }

    private func moment(_ nanoseconds: Int64, _ clock: Int64) -> Moment {
        Moment(
            instant: Instant(nanoseconds: nanoseconds),
            timestamp: Timestamp(nanoseconds: nanoseconds + clock * 1_000_000))
    }

    private func options(_ settings: [String: Int], ordered: Bool) -> Subscription.Options {
        var options = Subscription.Options()
        options.isOrdered = ordered
        if let value = settings["gapWaitMilliseconds"] { options.gapWait = .milliseconds(value) }
        if let value = settings["partialMilliseconds"] { options.reassemblyTime = .milliseconds(value) }
        if let value = settings["partialBytes"] { options.heldBytes = value }
        if let value = settings["ids"] { options.rememberedIDs = value }
        if let value = settings["streams"] { options.rememberedStreams = value }
        return options
    }
}

extension Subscription.Counters {
    /// By the names that the vectors have for them.
    fileprivate var named: [String: UInt64] {
        let counts = [
            "messages": messages, "duplicateDatagrams": duplicateDatagrams, "duplicateMessages": duplicateMessages,
            "lateDatagrams": lateDatagrams, "expiredMessages": expiredMessages,
            "incompleteMessages": incompleteMessages, "malformedMessages": malformedMessages,
            "notEnveloped": foreign, "unknownVersion": unknownVersions, "unknownKind": unknownKinds,
            "otherKind": otherKinds, "notUnderstood": notUnderstood,
            "malformed": malformedDatagrams.values.reduce(0, +),
        ]
        return counts.mapValues(UInt64.init).merging(["lostDatagrams": lostDatagrams]) { $1 }
    }
}
