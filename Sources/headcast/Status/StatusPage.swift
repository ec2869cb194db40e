import FoundationEssentials
import Service

/// What `headcast status` shows, as lines.
struct StatusPage {
    let answers: [Replica.Answer]
    let now: Date
    /// Why these may not be all gateways there are.
    var doubt: String?
    /// Subscribers shown of each topic; nil for all.
    var shownSubscribers: Int? = 20
    /// The page before this one, for rates.
    var previous: (summary: StatusSummary, at: Date)?

    let summary: StatusSummary

    init(_ answers: [Replica.Answer], at now: Date) {
        self.answers = answers
        self.now = now
        summary = StatusSummary(answers.compactMap(\.report))
    }

    /// Whether every gateway answered and is ready.
    var isWell: Bool { doubt == nil && answers.allSatisfy { $0.report?.readiness == "ok" } }

    /// What gateways say of a topic that none of them has; nil where one shows it, or none speaks of it.
    var unknownTopic: String? {
        guard summary.topics.isEmpty else { return nil }
        return answers.lazy.compactMap { answer in
            if case .refusal(_, _, let error) = answer, error.code == "unknown_topic" { error.message } else { nil }
        }.first
    }

    var lines: [String] {
        var lines = gatewayLines
        guard !summary.topics.isEmpty else { return lines }
        lines += [""] + topicLines
        for topic in summary.topics {
            let notes = topic.doubts(at: now).map { "  \($0.visible)" }
            let rows = subscriberLines(of: topic)
            if !notes.isEmpty || !rows.isEmpty { lines += ["", "topic \(topic.name)"] + notes + rows }
        }
        return lines
    }

    private var gatewayLines: [String] {
        var table = TextTable(["GATEWAY": .left, "READY": .left, "VERSION": .left, "UP": .left, "URL": .left])
        for answer in answers {
            switch answer {
            case .report(let report):
                let status = report.status
                table.append([
                    status.gateway.visible, report.readiness.visible, status.version.visible,
                    "\(Age(since: status.startedAt, at: now))", report.url.visible,
                ])
            case .refusal(let url, let readiness, let error):
                table.append(["-", readiness.visible, "-", "-", "\(url): \(error.message)".visible])
            case .failure(let url, let reason):
                table.append(["-", "no", "-", "-", "\(url): \(reason)".visible])
            }
        }
        return table.lines + (doubt.map { ["", $0.visible] } ?? [])
    }

    private var topicLines: [String] {
        let isWatched = previous != nil
        var table = TextTable(
            isWatched
                ? [
                    "TOPIC": .left, "FORMAT": .left, "POLICY": .left, "SUBSCRIBERS": .right, "MESSAGES": .right,
                    "PER SECOND": .right, "COPIES SENT": .right, "FAILED": .right, "BACKLOG": .right,
                    "CONFIRMED": .left,
                ]
                : [
                    "TOPIC": .left, "FORMAT": .left, "POLICY": .left, "SUBSCRIBERS": .right, "MESSAGES": .right,
                    "COPIES SENT": .right, "FAILED": .right, "BACKLOG": .right, "CONFIRMED": .left,
                ])
        for topic in summary.topics {
            guard let status = topic.parts.first?.status else { continue }
            table.append(
                [
                    topic.name.visible, status.format.visible,
                    status.policy.visible + (status.copies > 1 ? " x\(status.copies)" : ""),
                    topic.subscriberCount, "\(Amount(topic.messages))",
                ] + (isWatched ? [rate(of: topic)] : []) + [
                    "\(Amount(topic.copiesSent))", "\(Amount(topic.copiesFailed))", "\(Amount(topic.backlog))",
                    confirmation(of: topic),
                ])
        }
        return table.lines
    }

    private func confirmation(of topic: StatusSummary.Topic) -> String {
        if topic.parts.allSatisfy({ $0.status.membership.source == "static" }) { return "static" }
        return topic.confirmedAt.map { "\(Age(since: $0, at: now)) ago" } ?? "never"
    }

    private func rate(of topic: StatusSummary.Topic) -> String {
        guard let previous, let before = previous.summary.topics.first(where: { $0.name == topic.name }) else {
            return "-"
        }
        let seconds = now.timeIntervalSince(previous.at)
        // Only those that both pages have: one that comes back brings its whole history, one anew has none.
        let counts = topic.parts.compactMap { part -> Int? in
            guard let old = before.parts.first(where: { $0.gateway == part.gateway })?.status.counters.messages else {
                return nil
            }
            let new = part.status.counters.messages
            return new >= old && old >= 0 ? new - old : nil
        }
        guard seconds > 0, !counts.isEmpty else { return "-" }
        let perSecond = (Double(counts.reduce(0) { $0.addingSaturated($1) }) / seconds).rounded()
        return "\(Amount(Int(exactly: perSecond) ?? .max))"
    }

    private func subscriberLines(of topic: StatusSummary.Topic) -> [String] {
        let rows = topic.subscribers
        guard !rows.isEmpty else { return [] }
        var table = TextTable([
            "ENDPOINT": .left, "NAME": .left, "STATE": .left, "SENT": .right, "FAILED": .right, "LAST ERROR": .left,
        ])
        let shown = rows.prefix(shownSubscribers ?? rows.count)
        for row in shown {
            let states = row.states.joined(separator: ", ")
            let isSeenByAll = row.gateways == topic.parts.count
            let error = row.lastError.map { "\($0.text), \(Age(since: $0.at, at: now)) ago" }
            table.append([
                row.endpoint.visible, (row.name ?? "-").visible,
                states.visible + (isSeenByAll ? "" : " (\(row.gateways) of \(topic.parts.count) gateways)"),
                "\(Amount(row.sent))", "\(Amount(row.failed))", (error ?? "-").visible,
            ])
        }
        return table.lines.map { "  \($0)" } + remainder(of: topic, rows, shown: shown.count)
    }

    /// What is not shown: rows left out, and rows that the status does not hold.
    private func remainder(of topic: StatusSummary.Topic, _ rows: [StatusSummary.Subscriber], shown: Int) -> [String] {
        let most = topic.parts.map(\.status.subscriberCount).max() ?? 0
        let held = topic.parts.map(\.status.subscribers.count).max() ?? 0
        var lines: [String] = []
        if rows.count > shown {
            let rest = rows.dropFirst(shown)
            let troubled = rest.count { !$0.isWell }
            let state = troubled == 0 ? "all ok" : "\(Amount(troubled)) of them not ok"
            lines.append("  and \(Amount(rest.count)) more, \(state); --topic \(topic.name) shows all")
        }
        if most > held {
            lines.append(
                "  of \(Amount(most)) subscribers \(Amount(held)) were looked at; --topic \(topic.name) looks at all")
        }
        return lines
    }
}
