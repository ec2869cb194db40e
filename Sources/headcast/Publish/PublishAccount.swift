import Clocks

/// How many messages `headcast publish --lines` published, and how many it could not.
struct PublishAccount {
    private(set) var published = 0
    /// Those of the published that not every subscriber was sent, or nobody.
    private(set) var incomplete = 0
    /// Refused, or without an answer.
    private(set) var failed = 0

    var count: Int { published + failed }

    mutating func record(isSentToAll: Bool) {
        published += 1
        incomplete += isSentToAll ? 0 : 1
    }

    mutating func recordFailure() {
        failed += 1
    }

    /// For an end before the end: `1,234 published, 1 failed`.
    var text: String { "\(Amount(published)) published, \(failed == 0 ? "none" : "\(Amount(failed))") failed" }

    /// For the end; a rate only where enough time went by to tell one.
    func summary(of topic: String, after time: Duration) -> String {
        let rate = time >= .seconds(1) ? ", \(Amount(Int(Double(published) / time.seconds))) a second" : ""
        return "published \(Wording.count(published, "message")) to topic \(topic)\(rate)"
    }
}
