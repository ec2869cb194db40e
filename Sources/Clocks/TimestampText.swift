/// Timestamps as texts, one after the other: what falls into the same millisecond is worked out once.
package struct TimestampText {
    private var milliseconds: Int64
    private var text: InlineArray<24, UInt8>

    package init() {
        let start = Timestamp(nanoseconds: 0)
        milliseconds = start.milliseconds
        text = start.rfc3339
    }

    /// ``Timestamp/rfc3339`` of `timestamp`.
    package mutating func rfc3339(_ timestamp: Timestamp) -> InlineArray<24, UInt8> {
        let milliseconds = timestamp.milliseconds
        if milliseconds != self.milliseconds {
            self.milliseconds = milliseconds
            text = timestamp.rfc3339
        }
        return text
    }
}
