import Clocks
import Endpoints
import EventLoop
import FanOut
import Logging

extension GatewayLoop {
    func startLookups() {
        let now = state.now.instant
        for (index, topic) in state.topics.enumerated() {
            guard let due = topic.tracker.nextLookup, due <= now else { continue }
            topic.tracker.lookupStarted(at: now)
            lookups.start(index)
        }
    }

    func applyLookups() {
        for answer in lookups.inbox.take() {
            let topic = state.topics[answer.topic]
            topic.lookups.record(answer.observation)
            let update = topic.tracker.apply(answer.observation, at: state.now)
            topic.topic.apply(topic.tracker.membership, at: state.now)
            log(update, of: topic)
            for settled in update.settled { settle(settled, in: topic) }
        }
    }

    /// Refuses publishes that waited long enough for a fresh membership.
    func expireDemands() {
        for topic in state.topics {
            while let first = topic.unnumbered.first, first.deadline <= state.now.instant {
                topic.unnumbered.removeFirst()
                topic.tracker.cancel(first.ticket)
                routes.refuseStale(first, in: topic)
            }
        }
    }

    func logListening() {
        logger.info(
            "listening",
            metadata: [
                "endpoint": "\(endpoint)", "gateway": "\(state.name)",
                "topics": "\(state.topics.map(\.name).joined(separator: ", "))",
            ])
        if senders.contains(where: { !$0.takesRuns }) {
            logger.warning("this kernel has no UDP_SEGMENT; datagrams are sent one by one")
        }
    }

    /// Says once that Services may route here, and which topics are without an answer all the same.
    func logReady() {
        guard !hasToldReady, state.isReady else { return }
        hasToldReady = true
        let unresolved = state.unresolved.map(\.name).joined(separator: ", ")
        if unresolved.isEmpty {
            logger.info("ready", metadata: ["gateway": "\(state.name)"])
        } else {
            logger.warning(
                "ready, although topics have not resolved",
                metadata: ["gateway": "\(state.name)", "topics": "\(unresolved)"])
        }
    }

    private func settle(_ settled: SettledDemand, in topic: TopicService) {
        guard let index = topic.unnumbered.firstIndex(where: { $0.ticket == settled.ticket }) else { return }
        let publish = topic.unnumbered.remove(at: index)
        switch settled.outcome {
        case .fresh: routes.resume(publish, in: topic)
        case .failed: routes.refuseStale(publish, in: topic)
        }
    }

    private func log(_ update: MembershipUpdate, of topic: TopicService) {
        let membership = topic.tracker.membership
        var facts: Logger.Metadata = ["topic": "\(topic.name)"]
        if update.membersChanged {
            facts["endpoints"] = "\(membership.members.count)"
            facts["revision"] = "\(membership.revision)"
            let changes = topic.tracker.changes.filter { $0.revision == membership.revision }
            for kind in [MembershipChange.Kind.joined, .left] {
                let endpoints = changes.filter { $0.kind == kind }.map(\.member.endpoint)
                if !endpoints.isEmpty { facts[kind.rawValue] = "\(Self.list(endpoints))" }
            }
            if let empty = membership.empty {
                facts["reason"] = "\(empty.reason)"
                logger.warning("topic has no subscribers", metadata: facts)
                return
            }
            logger.info("membership changed", metadata: facts)
        }
        guard update.stalenessChanged else { return }
        if let stale = membership.stale {
            let message: Logger.Message = membership.isConclusive ? "membership is stale" : "topic has not resolved yet"
            logger.warning(message, metadata: ["topic": "\(topic.name)", "reason": "\(stale.reason)"])
        } else if !update.membersChanged {
            logger.info("membership is confirmed again", metadata: ["topic": "\(topic.name)"])
        }
    }

    /// Tells of subscribers that got into trouble or out of it: once a second for each topic, a line for each state.
    func logTroubles() {
        let now = state.now.instant
        for topic in state.topics
        where (topic.topic.hasTroubles || topic.topic.watchesTroubles) && now >= topic.tellsTroublesFrom ?? now {
            topic.tellsTroublesFrom = now + .seconds(1)
            let troubles = topic.topic.takeTroubles(at: now)
            for state in SubscriberState.allCases {
                log(troubles.filter { $0.state == state && $0.isOver }, of: topic)
                log(troubles.filter { $0.state == state && !$0.isOver }, of: topic)
            }
        }
    }

    /// Logs `troubles` that are all alike.
    private func log(_ troubles: [SubscriberTrouble], of topic: TopicService) {
        guard let last = troubles.last else { return }
        var facts: Logger.Metadata = [
            "topic": "\(topic.name)", "endpoints": "\(Self.list(troubles.map(\.member.endpoint)))",
        ]
        if last.isOver {
            facts["was"] = "\(last.state.rawValue)"
            logger.info("subscriber out of trouble", metadata: facts)
        } else {
            facts["state"] = "\(last.state.rawValue)"
            facts["error"] = "\(last.error)"
            logger.warning("subscriber in trouble", metadata: facts)
        }
    }

    /// How many endpoints one line of the log names.
    private static let shownEndpoints = 5

    private static func list(_ endpoints: [Endpoint]) -> String {
        let shown = endpoints.prefix(shownEndpoints).map(\.description).joined(separator: ", ")
        let rest = endpoints.count - shownEndpoints
        return shown + (rest > 0 ? " and \(rest) more" : "")
    }
}
