import Clocks

/// A line on the terminal that says how far long work is, rewritten in place.
struct ProgressLine {
    /// Short work shows none.
    private static let patience = Duration.seconds(1)
    private static let interval = Duration.milliseconds(200)

    let isShown: Bool
    let startedAt: Instant
    /// Takes what is to appear, without a line feed.
    var write: (String) -> Void = StandardError.write

    private var shownAt: Instant?

    init(isShown: Bool, startedAt: Instant) {
        self.isShown = isShown
        self.startedAt = startedAt
    }

    func elapsed(at now: Instant) -> Duration { now - startedAt }

    /// Shows that `count` messages are done, unless that was shown just before.
    mutating func show(_ count: Int, at now: Instant) {
        let elapsed = elapsed(at: now)
        guard isShown, elapsed >= Self.patience, shownAt.map({ now - $0 >= Self.interval }) ?? true else { return }
        shownAt = now
        write("\r\(Wording.count(count, "message")), \(Amount(Int(Double(count) / elapsed.seconds))) a second\u{1B}[K")
    }

    /// Takes the line away.
    mutating func end() {
        if shownAt != nil { write("\r\u{1B}[K") }
        shownAt = nil
    }
}
