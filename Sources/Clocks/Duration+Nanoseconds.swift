extension Duration {
    /// The whole duration in nanoseconds, cut off beyond ±146 years, so that an instant plus a duration always fits.
    package var nanoseconds: Int64 {
        // One division of 128 bits instead of the several that `components` takes: deadlines are added in every request.
        Int64(min(max(attoseconds / 1_000_000_000, Int128(Int64.min / 2)), Int128(Int64.max / 2)))
    }

    /// The same as `.nanoseconds(_:)`, which is not specialized.
    package init(nanoseconds: Int64) {
        self.init(attoseconds: Int128(nanoseconds) * 1_000_000_000)
    }

    /// The duration in seconds, for people and JSON.
    package var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
