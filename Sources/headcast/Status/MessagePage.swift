import Service

/// What `headcast status --message` shows, as lines.
struct MessagePage {
    let id: String
    let findings: [(url: String, finding: MessageFinding)]
    /// Why these may not be all gateways there are.
    var doubt: String?

    private var found: MessageDocument? {
        findings.lazy.compactMap { if case .found(let message, _) = $0.finding { message } else { nil } }.first
    }

    /// What the gateway says that knows the message, a line of JSON; nil where none does.
    var document: [UInt8]? {
        findings.lazy.compactMap { if case .found(_, let document) = $0.finding { document } else { nil } }.first
            .map { $0.last == UInt8(ascii: "\n") ? $0 : $0 + [UInt8(ascii: "\n")] }
    }

    /// Whether some gateway knows the message.
    var isFound: Bool { found != nil }

    var lines: [String] {
        guard let found else { return ["no gateway that was asked knows message \(id.visible)"] + whoWasAsked }
        let receipt = found.receipt
        let copies = receipt.subscribers.multipliedSaturated(by: receipt.copies)
        return [
            "message \(receipt.id), sequence \(receipt.sequence) of topic \(receipt.topic)".visible,
            "published at \(receipt.publishedAt.visible), "
                + "\(Wording.count(receipt.payloadBytes, "byte")), through \(receipt.gateway.visible)",
            "sent to \(Amount(receipt.sent)) of \(Wording.count(receipt.subscribers, "subscriber")), "
                + "\(Amount(receipt.copiesSent)) of "
                + (copies == 1 ? "1 copy" : "\(Amount(copies)) copies"),
        ] + outcomeLines(of: found)
    }

    private func outcomeLines(of message: MessageDocument) -> [String] {
        guard let outcomes = message.endpoints else { return ["", (message.endpointsReason ?? "").visible] }
        guard !outcomes.isEmpty else { return [] }
        var table = TextTable(["ENDPOINT": .left, "NAME": .left, "COPIES": .right, "ERROR": .left])
        for outcome in outcomes.filter({ $0.error != nil }) + outcomes.filter({ $0.error == nil }) {
            table.append([
                outcome.endpoint.visible, (outcome.name ?? "-").visible, outcome.copiesSent.map { "\($0)" } ?? "?",
                (outcome.error ?? "-").visible,
            ])
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
