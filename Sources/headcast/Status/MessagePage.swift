import FoundationEssentials
import Service

/// What `headcast status --message` shows, as lines.
struct MessagePage {
    let id: String
    let findings: [(url: String, finding: MessageFinding)]
    /// Why these may not be all gateways there are.
    var doubt: String?
    /// The subscribers as the gateway sees them that knows the message, and when; nil where that is not known.
    var present: (subscribers: [SubscriberStatus], at: Date)?

    /// The gateway that knows the message, and what it says.
    var known: (url: String, message: MessageDocument)? {
        findings.lazy.compactMap { url, finding in
            if case .found(let message, _) = finding { (url, message) } else { nil }
        }.first
    }

    /// What the gateway says that knows the message, a line of JSON; nil where none does.
    var document: [UInt8]? {
        findings.lazy.compactMap { if case .found(_, let document) = $0.finding { document } else { nil } }.first
            .map { $0.last == UInt8(ascii: "\n") ? $0 : $0 + [UInt8(ascii: "\n")] }
    }

    /// Whether some gateway knows the message.
    var isFound: Bool { known != nil }

    var lines: [String] {
        guard let found = known?.message else {
            return ["no gateway that was asked knows message \(id.visible)"] + whoWasAsked
        }
        let receipt = found.receipt
        let copies = receipt.subscribers.multipliedSaturated(by: receipt.copies)
        let rows = rows(of: found.endpoints ?? [])
        return [
            "message \(receipt.id), sequence \(receipt.sequence) of topic \(receipt.topic)".visible,
            "published at \(receipt.publishedAt.visible), "
                + "\(Wording.count(receipt.payloadBytes, "byte")), through \(receipt.gateway.visible)",
            "sent to \(Amount(receipt.sent)) of \(Wording.count(receipt.subscribers, "subscriber")), "
                + "\(Amount(receipt.copiesSent)) of "
                + (copies == 1 ? "1 copy" : "\(Amount(copies)) copies"),
        ] + remark(on: rows) + (found.endpoints == nil ? ["", (found.endpointsReason ?? "").visible] : table(of: rows))
    }

    /// A subscriber of the message's moment, and how it is now; no state where that is not known.
    private typealias Row = (outcome: MessageDocument.Outcome, state: String?, isInTrouble: Bool)

    private func rows(of outcomes: [MessageDocument.Outcome]) -> [Row] {
        guard let present else { return outcomes.map { ($0, nil, false) } }
        let subscribers = Dictionary(present.subscribers.map { ($0.endpoint, $0) }) { first, _ in first }
        return outcomes.map { outcome in
            guard let subscriber = subscribers[outcome.endpoint] else { return (outcome, "gone", false) }
            let error = subscriber.lastError.flatMap { text in
                subscriber.lastErrorAt.map { ": \(text), \(Age(since: $0, at: present.at)) ago" }
            }
            let reason = subscriber.isInTrouble ? error ?? "" : ""
            return (outcome, subscriber.state + reason, subscriber.isInTrouble)
        }
    }

    /// What the count of those sent to does not say.
    private func remark(on rows: [Row]) -> [String] {
        let doubtful = rows.count { $0.outcome.error == nil && $0.isInTrouble }
        guard doubtful > 0 else { return [] }
        return [
            "sent is what the kernel took: \(Wording.count(doubtful, "subscriber")) \(doubtful == 1 ? "is" : "are") in "
                + "trouble now and may not have got it"
        ]
    }

    private func table(of rows: [Row]) -> [String] {
        guard !rows.isEmpty else { return [] }
        var table = TextTable(
            present == nil
                ? ["ENDPOINT": .left, "NAME": .left, "COPIES": .right, "ERROR": .left]
                : ["ENDPOINT": .left, "NAME": .left, "COPIES": .right, "ERROR": .left, "STATE NOW": .left])
        let failed = rows.filter { $0.outcome.error != nil }
        let sent = rows.filter { $0.outcome.error == nil }
        for row in failed + sent.filter(\.isInTrouble) + sent.filter({ !$0.isInTrouble }) {
            let outcome = row.outcome
            table.append(
                [
                    outcome.endpoint.visible, (outcome.name ?? "-").visible, outcome.copiesSent.map { "\($0)" } ?? "?",
                    (outcome.error ?? "-").visible,
                ] + (row.state.map { [$0.visible] } ?? []))
        }
        return [""] + table.lines
    }

    private var whoWasAsked: [String] {
        var table = TextTable(["GATEWAY": .left, "REMEMBERS SINCE": .left, "URL": .left])
        for (url, finding) in findings {
            switch finding {
            case .unknown(let gateway, let since): table.append([gateway.visible, since.visible, url.visible])
            case .failure(let reason): table.append(["-", "-", "\(url): \(reason)".visible])
            case .found: break
            }
        }
        return [""] + table.lines + (doubt.map { ["", $0.visible] } ?? [])
    }
}
