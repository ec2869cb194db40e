extension Duration {
    /// For people: `0.4 ms`, `12 ms`, `1.5 s`, `30 s`, `3 h 12 m`; never more than two units, the rest is dropped.
    package var text: String {
        let microseconds = nanoseconds / 1_000
        let seconds = microseconds / 1_000_000
        return switch microseconds {
        case ..<0: "-" + Duration.nanoseconds(-nanoseconds).text
        case 0: "0 s"
        case ..<10_000: Self.tenths(microseconds / 100) + " ms"
        case ..<1_000_000: "\(microseconds / 1_000) ms"
        case ..<60_000_000: Self.tenths(microseconds / 100_000) + " s"
        case ..<3_600_000_000: Self.text(seconds, "m", 60, "s", 1)
        case ..<86_400_000_000: Self.text(seconds, "h", 3_600, "m", 60)
        default: Self.text(seconds, "d", 86_400, "h", 3_600)
        }
    }

    private static func tenths(_ count: Int64) -> String {
        count % 10 == 0 ? "\(count / 10)" : "\(count / 10).\(count % 10)"
    }

    private static func text(_ seconds: Int64, _ large: String, _ unit: Int64, _ small: String, _ part: Int64) -> String
    {
        let rest = seconds % unit / part
        return "\(seconds / unit) \(large)" + (rest > 0 ? " \(rest) \(small)" : "")
    }
}
