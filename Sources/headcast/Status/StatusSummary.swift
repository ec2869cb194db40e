import FoundationEssentials

/// What several gateways say, put together: counts are added, memberships compared.
struct StatusSummary {
    /// One topic over all gateways that have it.
    struct Topic {
        var name: String
        /// What each gateway says of it, with the gateway's name.
        var parts: [(gateway: String, status: TopicStatus)]

        var messages: Int { sum(\.counters.messages) }
        var copiesSent: Int { sum(\.counters.copiesSent) }
        var copiesFailed: Int { sum(\.counters.copiesFailed) }
        var backlog: Int { sum(\.backlog.messages) }

        /// `3`, or `2-3` where gateways differ.
        var subscriberCount: String {
            let counts = parts.map(\.status.subscriberCount)
            guard let least = counts.min(), let most = counts.max() else { return "0" }
            return least == most ? "\(Amount(least))" : "\(Amount(least))-\(Amount(most))"
        }

        private func sum(_ count: (TopicStatus) -> Int) -> Int {
            parts.reduce(0) { $0.addingSaturated(count($1.status)) }
        }
    }

    /// One subscriber over all gateways that have it.
    struct Subscriber {
        var endpoint: String
        var name: String?
        /// The states it has, each once.
        var states: [String]
        var gateways: Int
        var sent: Int
        var failed: Int
        var lastError: (text: String, at: Date)?

        /// Whether nothing speaks against it; that it is new is no trouble.
        var isWell: Bool { failed == 0 && states.allSatisfy { $0 == "ok" || $0 == "unproven" } }
    }

    let topics: [Topic]

    init(_ reports: [Replica.Report]) {
        var topics: [Topic] = []
        for report in reports {
            for status in report.status.topics {
                let part = (report.status.gateway, status)
                if let index = topics.firstIndex(where: { $0.name == status.topic }) {
                    topics[index].parts.append(part)
                } else {
                    topics.append(Topic(name: status.topic, parts: [part]))
                }
            }
        }
        self.topics = topics
    }
}

extension StatusSummary.Topic {
    /// Its subscribers: those with trouble first, then by the order in which gateways list them.
    var subscribers: [StatusSummary.Subscriber] {
        var rows: [StatusSummary.Subscriber] = []
        var indices: [String: Int] = [:]
        for row in parts.flatMap(\.status.subscribers) {
            let error = row.lastError.flatMap { text in row.lastErrorAt.map { (text, $0) } }
            guard let index = indices[row.endpoint] else {
                indices[row.endpoint] = rows.count
                rows.append(
                    StatusSummary.Subscriber(
                        endpoint: row.endpoint, name: row.name, states: [row.state], gateways: 1, sent: row.sent,
                        failed: row.failed, lastError: error))
                continue
            }
            if !rows[index].states.contains(row.state) { rows[index].states.append(row.state) }
            rows[index].gateways += 1
            rows[index].sent = rows[index].sent.addingSaturated(row.sent)
            rows[index].failed = rows[index].failed.addingSaturated(row.failed)
            if let error, error.1 > rows[index].lastError?.at ?? .distantPast { rows[index].lastError = error }
        }
        return rows.filter { !$0.isWell } + rows.filter(\.isWell)
    }

    /// What is in doubt about its memberships, each with the gateway that says so.
    func doubts(at now: Date) -> [String] {
        parts.flatMap { part in
            let membership = part.status.membership
            return [(membership.stale, "stale"), (membership.empty, "nobody there")].compactMap { doubt, word in
                doubt.map { "\(part.gateway): \(word) for \(Age(since: $0.since, at: now)): \($0.reason)" }
            }
        }
    }

    /// When the membership was last confirmed, on the gateway where that is longest ago.
    var confirmedAt: Date? {
        let dates = parts.map(\.status.membership.resolvedAt)
        return dates.contains(nil) ? nil : dates.compactMap(\.self).min()
    }
}
