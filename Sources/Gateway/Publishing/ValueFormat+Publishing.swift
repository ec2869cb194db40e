import Service

extension ValueFormat<Duration> {
    /// How long a message is of use.
    package static var timeToLive: Self { .duration(.milliseconds(1) ... .seconds(86_400)) }

    /// From one copy of a message to the next.
    package static var spacing: Self { .duration(.milliseconds(1) ... .seconds(60)) }
}
