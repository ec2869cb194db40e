extension Duration {
    /// The whole duration in nanoseconds, cut off beyond ±146 years, so that an instant plus a duration always fits.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min / 2 : .max / 2 }
        return min(max(whole, .min / 2), .max / 2) + attoseconds / 1_000_000_000
    }

    /// The duration in seconds, for people and JSON.
    package var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
