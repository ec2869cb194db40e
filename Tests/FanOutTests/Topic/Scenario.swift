import Clocks
import Datagrams
import Endpoints

@testable import FanOut

/// A random history of one topic beside a plain model of it: lists of what was published, who was there, and what each
/// pod really received, message by message.
///
/// The model knows nothing of numbers, runs, ranges or cursors. It asks the topic only when a message was settled.
final class Scenario {
    /// A pod that listens; those at loopback's broadcast address cannot be sent to at times.
    final class Pod {
        let pod: LoopbackPod
        let endpoint: Endpoint
        let isFlaky: Bool
        /// Sequences of messages in the order in which they arrived, each as often as it did.
        var received: [Int] = []

        init(_ pod: consuming LoopbackPod, isFlaky: Bool) {
            endpoint = pod.endpoint
            self.pod = pod
            self.isFlaky = isFlaky
        }
    }

    /// One endpoint's stay in the membership.
    final class Stay {
        let endpoint: Endpoint
        var isOver = false
        init(_ endpoint: Endpoint) { self.endpoint = endpoint }
    }

    final class Message {
        let position: UInt64
        let publishedAt: Instant
        let copies: Int
        let spacing: Duration
        /// Whom it was meant for, known once it is settled, and the copies each was sent.
        var meant: [(stay: Stay, copies: Int)] = []
        var isSettled = false
        init(_ position: UInt64, at now: Instant, copies: Int, spacing: Duration) {
            self.position = position
            publishedAt = now
            self.copies = copies
            self.spacing = spacing
        }
    }

    let fixture: TopicFixture
    private let pods: [Pod]
    /// Endpoints without a listener: some that always fail and some that never do.
    ///
    /// Nothing can be sent to port 0 (EINVAL), which also makes a run be taken apart.
    private let failing = (1...3).map { Endpoint(address: IPAddress(v4: 0x7F00_0100 + $0), port: 0) }
    private let closed: [Endpoint]

    private(set) var messages: [Message] = []
    private(set) var faults: [String] = []
    private var stays: [Stay] = []
    private var former: [Stay] = []
    private var generator: SplitMix

    init(seed: UInt64, ringBytes: Int) throws {
        generator = SplitMix(state: seed)
        pods =
            try (2...6).map { Pod(try LoopbackPod($0), isFlaky: false) }
            + (0..<3).map { _ in Pod(try LoopbackPod(broadcast: ()), isFlaky: true) }
        closed = [try LoopbackPod.closed(8), try LoopbackPod.closed(9)]
        fixture = try TopicFixture([Endpoint](), ledger: 1 << 16, takesRuns: seed % 4 == 0 ? false : nil) {
            $0.ringBytes = ringBytes
        }
    }

    /// Does one thing or another.
    func act() throws {
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<10: try publish(Int.random(in: 1...12, using: &generator))
        case 10: changeMembership()
        case 11: fixture.sender.allowBroadcast(.random(using: &generator))
        case 12: fixture.advance(.seconds(Int.random(in: 0...7, using: &generator)))
        case 13: fixture.passReports()
        default:
            fixture.advance(.microseconds(Int.random(in: 0...4_000, using: &generator)))
            step()
        }
    }

    private func publish(_ count: Int) throws {
        let sameSize = Bool.random(using: &generator)
        var byteCount = Int.random(in: 8...1_232, using: &generator)
        for _ in 0..<count {
            if !sameSize { byteCount = Int.random(in: 8...1_232, using: &generator) }
            let copies = [1, 1, 1, 2, 3, 5].randomElement(using: &generator) ?? 1
            let spacing = Duration.milliseconds([1, 3, 20, 250].randomElement(using: &generator) ?? 1)
            let text = "\(messages.count + 1) "
            do {
                let position = try fixture.publish(
                    text, byteCount: byteCount, PublishOptions(copies: copies, spacing: spacing))
                messages.append(Message(position, at: fixture.now.instant, copies: copies, spacing: spacing))
            } catch PublishFault.overloaded {
                step()
            }
        }
    }

    private func changeMembership() {
        let all = pods.map(\.endpoint) + failing + closed
        let chosen = all.filter { _ in .random(using: &generator) }.shuffled(using: &generator)
        for stay in stays where !chosen.contains(stay.endpoint) {
            stay.isOver = true
            former.append(stay)
        }
        stays.removeAll { $0.isOver }
        for endpoint in chosen where !stays.contains(where: { $0.endpoint == endpoint }) {
            stays.append(Stay(endpoint))
        }
        fixture.join(chosen)
    }

    /// Lets the topic send what is due and sees what arrived.
    ///
    /// A step with so few endpoints ends with no flight under way, so a membership counts from the next step on.
    private func step() {
        let settled = Int(fixture.topic.settledSequence)
        fixture.settle()
        for message in messages[settled..<Int(fixture.topic.settledSequence)] {
            message.isSettled = true
            message.meant = stays.map { ($0, 0) }
        }
        receive()
    }

    private func receive() {
        for pod in pods {
            let first = pod.received.count
            for text in pod.pod.texts() {
                guard let sequence = Int(text.prefix { $0 != " " }), messages.indices.contains(sequence - 1) else {
                    faults.append("\(pod.endpoint) received \(text)")
                    continue
                }
                pod.received.append(sequence)
            }
            for sequence in pod.received[first...] { count(sequence, for: pod.endpoint) }
        }
    }

    private func count(_ sequence: Int, for endpoint: Endpoint) {
        let message = messages[sequence - 1]
        guard let index = message.meant.firstIndex(where: { $0.stay.endpoint == endpoint && !$0.stay.isOver }) else {
            faults.append("message \(sequence) was not meant for \(endpoint) at that time")
            return
        }
        if fixture.now.instant < message.publishedAt + message.spacing * message.meant[index].copies {
            faults.append("message \(sequence) was copied too early")
        }
        message.meant[index].copies += 1
        if message.meant[index].copies > message.copies { faults.append("message \(sequence) has too many copies") }
    }

    // MARK: The end

    /// Lets everything be sent and compares what the topic claims with what there was.
    func finish(isExact: Bool) {
        var rounds = 0
        repeat {
            fixture.advance(.milliseconds(1))
            step()
            rounds += 1
        } while !fixture.topic.isFinished && rounds < 10_000
        if !fixture.topic.isFinished { faults.append("not finished") }
        var copiesSent = 0
        for (index, message) in messages.enumerated() {
            guard let entry = fixture.ledger[message.position] else { continue }
            compare(entry, with: message, "message \(index + 1)", isExact: isExact)
            copiesSent += entry.copiesSent
        }
        let counters = fixture.topic.counters
        if counters.copiesSent != copiesSent || counters.datagramsSent != copiesSent {
            faults.append("\(counters.copiesSent) copies counted, \(copiesSent) in receipts")
        }
        for stay in stays { compareRow(of: stay) }
        for pod in pods where !pod.isFlaky { compareOrder(of: pod) }
    }

    private func compare(_ entry: LedgerEntry, with message: Message, _ name: String, isExact: Bool) {
        guard message.isSettled, entry.isSettled else { return faults.append("\(name) is not settled") }
        let outcomes = fixture.outcomes(message.position)
        guard outcomes.count == message.meant.count, entry.subscribers == message.meant.count else {
            return faults.append("\(name): \(outcomes.count) outcomes, meant for \(message.meant.count)")
        }
        var copiesSent = 0
        var failed = 0
        for index in message.meant.indices {
            let endpoint = message.meant[index].stay.endpoint
            let claimed = outcomes[endpoint]?.copiesSent
            // Nobody can tell what a closed port received: the kernel took what the topic says.
            if closed.contains(endpoint) {
                guard let claimed else { return }
                message.meant[index].copies = claimed
            }
            let copies = message.meant[index].copies
            copiesSent += copies
            failed += copies == 0 ? 1 : 0
            if let claimed, claimed != copies { faults.append("\(name): \(claimed) for \(endpoint), not \(copies)") }
            if claimed != nil, fixture.topic.hasFailed(entry, for: endpoint) != (copies == 0) {
                faults.append("\(name): wrongly failed or not for \(endpoint)")
            }
            let isFlaky = failing.contains(endpoint) || pods.contains { $0.isFlaky && $0.endpoint == endpoint }
            guard !isFlaky else { continue }
            let isWhole = isExact && !message.meant[index].stay.isOver
            if copies < (isWhole ? message.copies : 1) { faults.append("\(name): only \(copies) for \(endpoint)") }
            if isExact, claimed == nil { faults.append("\(name): unknown for \(endpoint)") }
        }
        if entry.copiesSent != copiesSent { faults.append("\(name): \(entry.copiesSent) copies, not \(copiesSent)") }
        if entry.failed != failed { faults.append("\(name): \(entry.failed) failed, not \(failed)") }
    }

    private func compareRow(of stay: Stay) {
        let meant = messages.flatMap(\.meant).filter { $0.stay === stay }
        // The kernel takes everything for a closed port.
        let sent = closed.contains(stay.endpoint) ? meant.count : meant.count { $0.copies > 0 }
        guard let row = fixture.row(stay.endpoint) else { return faults.append("no row of \(stay.endpoint)") }
        if row.sent != sent || row.failed != meant.count - sent {
            faults.append("row of \(stay.endpoint): \(row.sent) + \(row.failed), not \(sent) of \(meant.count)")
        }
    }

    private func compareOrder(of pod: Pod) {
        var seen: Set<Int> = []
        let first = pod.received.filter { seen.insert($0).inserted }
        if first != first.sorted() { faults.append("\(pod.endpoint) received first copies out of order") }
    }
}

/// SplitMix64, so that a history can be told again by its seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
