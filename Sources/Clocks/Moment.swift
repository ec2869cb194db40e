/// One reading of both clocks, taken together so that durations and dates agree.
package struct Moment: Sendable {
    /// For everything that waits or measures.
    package var instant: Instant

    /// For everything that a person reads.
    package var timestamp: Timestamp

    package init(instant: Instant, timestamp: Timestamp) {
        self.instant = instant
        self.timestamp = timestamp
    }

    package static var now: Moment {
        Moment(instant: .now, timestamp: .now)
    }

    package static func + (moment: Moment, duration: Duration) -> Moment {
        Moment(instant: moment.instant + duration, timestamp: moment.timestamp + duration)
    }
}
