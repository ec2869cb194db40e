import Testing

/// What was published and what was seen on the way, to compare with what a receiver made of it.
struct Agreement: Sendable {
    /// Whether the receiver itself may have lost datagrams that reached its pod.
    var receiverMayLose = false
    private let digests: [String: String]
    /// Of what was published without an answer.
    private let unanswered: Set<String>
    private let streams: [TappedStream]

    init(_ ledger: [Publication.Entry], _ streams: [TappedStream]) {
        let answered = ledger.filter { $0.status > 0 }.map { ("\($0.topic ?? "") \($0.id ?? "")", $0.sha256) }
        digests = Dictionary(answered) { $1 }
        unanswered = Set(ledger.filter { $0.status == 0 }.map(\.sha256))
        self.streams = streams
    }

    func streams(to receiver: Receiver) -> [TappedStream] { streams.filter { $0.destination == receiver.address } }

    /// Waits until a receiver has told of all that it has to tell, ends it, and compares.
    func expect(from receiver: Receiver) async throws -> Received {
        let streams = streams(to: receiver)
        let received = try await receiver.received(
            messages: streams.reduce(0) { $0 + $1.sequences(without: $1.lost).count },
            lost: streams.reduce(0) { $0 + $1.lost.count })
        expect(received, from: receiver)
        return received
    }

    /// Every message once and whole or in a gap, every gap a loss, and in order where that was asked for.
    func expect(_ received: Received, from receiver: Receiver) {
        let name = "\(receiver.kind) at \(receiver.address)\(receiver.isOrdered ? ", ordered" : "")"
        #expect(received.strange == [], "\(name)")
        let ids = received.messages.map { "\($0.topic) \($0.id)" }
        #expect(Set(ids).count == ids.count, "\(name) yielded duplicates")
        for message in received.messages {
            let published = digests["\(message.topic) \(message.id)"]
            if published != message.digest, published != nil || !unanswered.contains(message.digest) {
                Issue.record("\(name) yielded \(message), published was \(published ?? "nothing")")
            }
        }
        for stream in streams(to: receiver) { expect(stream, received, from: receiver, name) }
    }

    private func expect(_ stream: TappedStream, _ received: Received, from receiver: Receiver, _ name: String) {
        let name = "\(name), \(stream.topic) of \(stream.epoch)"
        let gaps = received.gaps.filter {
            $0.topic == stream.topic && $0.source == stream.source && $0.epoch == stream.epoch
        }
        let reported = gaps.reduce(into: Set<UInt64>()) { $0.formUnion($1.numbers) }
        #expect(reported.count == gaps.reduce(0) { $0 + $1.numbers.count }, "\(name): numbers were reported twice")
        if receiverMayLose {
            #expect(reported.isSuperset(of: stream.lost) && reported.isSubset(of: stream.numbers), "\(name)")
        } else {
            #expect(reported.symmetricDifference(stream.lost).sorted() == [], "\(name): gaps and losses differ")
        }
        let messages = received.messages.filter { $0.topic == stream.topic && $0.epoch == stream.epoch }
        let sequences = messages.map(\.sequence)
        let expected = stream.sequences(without: reported)
        #expect(expected.symmetricDifference(sequences).sorted() == [], "\(name): messages and gaps do not add up")
        if receiver.isOrdered { #expect(sequences == sequences.sorted(), "\(name)") }
    }
}
