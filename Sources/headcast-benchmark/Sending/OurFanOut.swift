import Clocks
import Datagrams
import Endpoints
import FanOut
import Glibc

/// A topic of the gateway's own, stepped by hand as its loop does.
final class OurFanOut {
    private let topic: Topic
    private let sender: Sender

    init(
        to endpoints: [Endpoint], _ format: MessageFormat, burstBytes: Int? = nil, maximumPayloadBytes: Int? = nil
    ) throws {
        var rules = TopicRules(name: "bench")
        rules.format = format
        rules.maximumPayloadBytes = maximumPayloadBytes ?? rules.maximumPayloadBytes
        rules.burstBytes = burstBytes ?? rules.burstBytes
        // So long ago that no address is kept apart as a new one.
        let start = Moment.now + .seconds(-10)
        sender = try Sender()
        let tracker = MembershipTracker(list: endpoints.map { Member(endpoint: $0) }, at: start)
        topic = try Topic(
            rules, membership: tracker.membership, ledger: Ledger(capacity: 65_536), sender: sender, at: start)
        // Tells the subscribers where the stream begins, before anything is measured.
        settle(at: .now)
    }

    /// What SO_SNDBUF granted, in bytes of kernel memory.
    var grantedBytes: Int { sender.sockets[0].socket.sendBufferBytes }

    /// What one message took to one subscriber: its datagrams' bytes, and 28 of IPv4 and UDP for each; heartbeats apart.
    var wireFigure: Figure {
        let counters = topic.counters
        let bytes = counters.bytesSent + 28 * counters.datagramsSent
        return Figure("wireBytes", Double(bytes) / Double(max(1, counters.copiesSent)), heading: "WIRE BYTES")
    }

    /// Messages that are numbered and not yet sent to everybody.
    var backlog: Int { Int(topic.sequence - topic.settledSequence) }

    func publish(_ payload: Payload, at now: Moment) throws {
        _ = try topic.publish(payload.bytes.span.bytes, at: now)
    }

    /// Sends what is due, and waits for the socket where it is full; false when nothing more may leave now.
    func step(at now: Moment) -> Bool {
        defer { readReports(at: now) }
        switch topic.step(at: now) {
        case .ready: return true
        case .blocked: awaitRoom()
        case .idle: return false
        }
        return true
    }

    /// Publishes one message and sends it to everybody.
    func publishAlone(_ payload: Payload) throws {
        let now = Moment.now
        try publish(payload, at: now)
        settle(at: now)
    }

    /// Sends everything that was published.
    func settle(at now: Moment) {
        var now = now
        while true {
            switch topic.step(at: now) {
            case .ready: continue
            case .blocked: awaitRoom()
            case .idle: if topic.settledSequence == topic.sequence { return }
            }
            now = .now
        }
    }

    private func awaitRoom() {
        var wait = pollfd(fd: sender.sockets[0].descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&wait, 1, 1)
    }

    private func readReports(at now: Moment) {
        for report in sender.takeReports() { topic.note(report, at: now) }
    }
}
