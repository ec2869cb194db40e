import Clocks
import Datagrams
import Endpoints
import EventLoop
import FanOut
import Glibc
import Logging
import MicroHTTP
import Service

/// The gateway's one thread: it sleeps in one epoll and does everything else in rounds.
///
/// A round reads what HTTP clients sent, sends what that brought, and answers: what arrived together leaves together,
/// and an idle gateway sends one message at a time. Nothing in a round waits, locks or allocates per subscriber.
package final class GatewayLoop {
    let state: GatewayState
    let routes: Routes
    let server: HTTPServer
    let senders: [Sender]
    let lookups: Lookups
    let logger: Logger

    private var epoll: Epoll
    private let neighbors = NeighborWatch()
    private var nextLook: Instant?
    private var stopDescriptor: Int32 = -1
    private var isStopped = false
    /// Whether the log has said that the gateway is ready.
    var hasToldReady = false
    /// By sender: whether its proven socket is waited for.
    private var isBlocked: [Bool]

    /// Where HTTP is served, with the real port.
    package var endpoint: Endpoint { server.endpoint }

    /// Binds every socket; nothing is served before ``run(until:)``.
    package init(_ configuration: GatewayConfiguration, logger: Logger) throws {
        raiseDescriptorLimit()
        let now = Moment.now
        let construction = try TopicConstruction(configuration, at: now)
        senders = construction.senders
        state = GatewayState(configuration, ledger: construction.ledger, topics: construction.topics, at: now)
        lookups = try Lookups(configuration)
        self.logger = logger
        routes = Routes(state)
        server = try HTTPServer(
            listening: ListeningSocket(on: configuration.listen), limits: configuration.httpLimits,
            watching: PublishParameters.watchedHeaders, service: routes, at: now.instant)
        state.server = server
        isBlocked = senders.map { _ in false }
        epoll = try Epoll()
        try epoll.add(lookups.inbox.descriptor, .readable, token: Token.lookups)
        try epoll.add(server.descriptor, .readable, token: Token.http)
        for (index, socket) in senders.flatMap(\.sockets).enumerated() {
            try epoll.add(socket.descriptor, .readable, token: Token.firstSocket + UInt64(index))
        }
    }

    deinit {
        // It leads back through the routes.
        state.server = nil
        server.stop()
    }

    /// Serves until it has been told to stop and everything accepted is finished.
    ///
    /// - Parameter stop: a descriptor; the first byte read from it begins the drain, the second ends it at once.
    package func run(until stop: Int32) throws {
        stopDescriptor = stop
        try epoll.add(stop, .readable, token: Token.stop)
        logListening()
        logReady()
        while !isStopped { round() }
        server.stop()
        lookups.shutDown()
        let unfinished = state.topics.reduce(0) { $0 + $1.topic.backlog.messages }
        let facts: Logger.Metadata = ["messages": "\(state.ledger.next - 1)", "unfinished": "\(unfinished)"]
        if unfinished == 0 {
            logger.info("stopped", metadata: facts)
        } else {
            logger.warning("stopped before every copy was sent", metadata: facts)
        }
    }

    /// Goes on towards the end, once it was told to stop; whether the end is reached.
    private func isDrained() -> Bool {
        state.drain.advance(server, at: state.now.instant, logger) {
            state.topics.allSatisfy(\.isFinished)
        } giveUp: {
            routes.giveUpBatches()
            for topic in state.topics { routes.giveUp(topic) }
        }
    }

    private enum Token {
        static let lookups: UInt64 = 0
        static let http: UInt64 = 1
        static let stop: UInt64 = 2
        static let firstSocket: UInt64 = 3
    }

    private func round() {
        let ready = epoll.wait(until: nextDeadline, at: .now)
        state.now = .now
        for index in 0..<ready { serve(epoll.ready(index).token) }
        server.poll(at: state.now.instant)
        startLookups()
        expireDemands()
        routes.numberBatches()
        if flush() { server.poll(at: state.now.instant) }
        passReports()
        watchNeighbors()
        logTroubles()
        logReady()
        isStopped = state.drain.isHurried || isDrained()
    }

    private func serve(_ token: UInt64) {
        switch token {
        case Token.lookups: applyLookups()
        case Token.http: break  // Polled in every round.
        case Token.stop: state.drain.readStop(stopDescriptor, of: server, at: state.now.instant, logger)
        default:
            var index = Int(token - Token.firstSocket)
            for sender in senders {
                if index < sender.sockets.count {
                    sender.drain(index)
                    sender.discardArrivals(index)
                    return
                }
                index -= sender.sockets.count
            }
        }
    }

    private var nextDeadline: Instant? {
        let now = state.now.instant
        guard state.batches.isEmpty else { return now }
        var deadline = server.nextDeadline(after: now)
        func consider(_ candidate: Instant?) {
            if let candidate { deadline = min(deadline ?? candidate, candidate) }
        }
        for topic in state.topics {
            switch topic.progress {
            case .ready: return now
            case .idle(let until): consider(until)
            case .blocked(let until): consider(until)
            }
            consider(topic.tracker.nextLookup)
            consider(topic.unnumbered.first?.deadline)
            if topic.awaitsTroubles(at: now) { consider(topic.tellsTroublesFrom) }
        }
        consider(nextLook)
        consider(state.phase.deadline)
        if state.phase == .serving, !hasToldReady {
            consider(state.startedAt.instant + state.configuration.readyAfter)
        }
        return deadline
    }

    // MARK: Sending

    /// Sends what is due and answers whoever waited for it; whether anybody was answered.
    private func flush() -> Bool {
        var hasSettled = false
        for topic in state.topics where topic.flush(at: state.now) { hasSettled = true }
        if hasSettled {
            state.now = .now
            for topic in state.topics { topic.answerSettled(at: state.now.instant) { routes.answer($0, in: topic) } }
        }
        for (index, sender) in senders.enumerated() {
            let blocked = state.topics.contains { topic in
                if case .blocked = topic.progress { topic.topic.sender === sender } else { false }
            }
            guard blocked != isBlocked[index] else { continue }
            isBlocked[index] = blocked
            let first = senders[..<index].reduce(0) { $0 + $1.sockets.count }
            // The proven socket is a sender's first. Failing here, the topic's own deadline still wakes the loop.
            try? epoll.change(
                sender.sockets[0].descriptor, to: blocked ? [.readable, .writable] : .readable,
                token: Token.firstSocket + UInt64(first))
        }
        return hasSettled
    }

    private func passReports() {
        for sender in senders {
            for report in sender.takeReports() {
                for topic in state.topics where topic.topic.sender === sender {
                    topic.topic.note(report, at: state.now)
                }
            }
        }
    }

    /// Looks once a second, while something is sent, which addresses do not answer on this network.
    private func watchNeighbors() {
        guard let neighbors else { return }
        let now = state.now.instant
        if let nextLook {
            guard now >= nextLook else { return }
            let unanswering = neighbors.unanswering()
            if !unanswering.isEmpty {
                for topic in state.topics { topic.topic.noteUnreachable(unanswering, at: state.now) }
            }
        }
        let isSending = state.topics.contains { topic in
            topic.topic.lastSend.map { now - $0 < Self.neighborInterval * 4 } ?? false
        }
        nextLook = isSending ? now + Self.neighborInterval : nil
    }

    private static let neighborInterval: Duration = .seconds(1)
}
