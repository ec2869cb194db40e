import FoundationEssentials

/// How long something has lasted, for people: `3 h 12 m`, never more than two units.
struct Age: CustomStringConvertible {
    let description: String

    /// Clocks of two machines may differ a little: what lies ahead has lasted no time.
    init(since start: Date, at now: Date) {
        let seconds = Int(max(0, now.timeIntervalSince(start)))
        switch seconds {
        case ..<60: description = "\(seconds) s"
        case ..<3_600: description = Self.text(seconds, "m", 60, "s", 1)
        case ..<86_400: description = Self.text(seconds, "h", 3_600, "m", 60)
        default: description = Self.text(seconds, "d", 86_400, "h", 3_600)
        }
    }

    private static func text(_ seconds: Int, _ large: String, _ unit: Int, _ small: String, _ part: Int) -> String {
        let rest = seconds % unit / part
        return "\(seconds / unit) \(large)" + (rest > 0 ? " \(rest) \(small)" : "")
    }
}
