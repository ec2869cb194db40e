extension Duration {
    /// Whole milliseconds, rounded up: a wait that ends early would only be repeated. Cut off beyond ±292 million years.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        guard !overflow else { return seconds < 0 ? .min / 2 : .max / 2 }
        return min(max(whole, .min / 2), .max / 2) + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
