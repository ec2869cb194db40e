import Clocks

/// How many messages `headcast publish --lines` published, and how many it could not.
struct PublishAccount {
    private(set) var published = 0
    /// Those of the published that not every subscriber was sent, or nobody.
    private(set) var incomplete = 0
    /// Refused, or without an answer.
    private(set) var failed = 0
    /// To how many subscribers those of the published were sent that went to the fewest and to the most.
    private(set) var recipients: ClosedRange<Int>?
    /// What did not travel with some of them, each once.
    private(set) var dropped: [String] = []

    var count: Int { published + failed }

    mutating func record(_ receipt: ReceiptDocument) {
        published += 1
        incomplete += receipt.isSentToAll ? 0 : 1
        let known = recipients ?? receipt.sent...receipt.sent
        recipients = min(known.lowerBound, receipt.sent)...max(known.upperBound, receipt.sent)
        for name in receipt.dropped ?? [] where !dropped.contains(name) { dropped.append(name) }
    }

    mutating func recordFailure() {
        failed += 1
    }

    /// For an end before the end: `1,234 published, 1 failed`.
    var text: String { "\(Amount(published)) published, \(failed == 0 ? "none" : "\(Amount(failed))") failed" }

    /// For the end; a rate only where enough time went by to tell one.
    func summary(of topic: String, after time: Duration) -> String {
        let rate = time >= .seconds(1) ? ", \(Amount(Int(Double(published) / time.seconds))) a second" : ""
        return "published \(Wording.count(published, "message")) to topic \(topic)\(reach)\(rate)"
            + (dropped.isEmpty ? "" : "; the topic's format does not carry \(dropped.joined(separator: ", "))")
    }

    /// `, each sent to 3 subscribers`, or `2-3` where they differ.
    private var reach: String {
        guard let recipients else { return "" }
        let (least, most) = (recipients.lowerBound, recipients.upperBound)
        let range = least == most ? "" : "\(least.grouped)-"
        return ",\(published == 1 ? "" : " each") sent to \(range)\(Wording.count(most, "subscriber"))"
    }
}
