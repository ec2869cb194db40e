import Clocks
import Endpoints

extension Message {
    /// A point in time, to the millisecond.
    public struct Time: Hashable, Comparable, Sendable, CustomStringConvertible {
        /// Since 1970-01-01T00:00:00Z, leap seconds not counted.
        public var milliseconds: Int64

        public init(milliseconds: Int64) {
            self.milliseconds = milliseconds
        }

        public static func < (left: Time, right: Time) -> Bool { left.milliseconds < right.milliseconds }

        /// RFC 3339 in UTC: `2026-11-23T09:30:00.125Z`.
        public var description: String { timestamp.description }

        /// The same; the last that nanoseconds can count (in the year 2262) if it lies beyond.
        package var timestamp: Timestamp {
            let bound = Int64.max / 1_000_000
            return Timestamp(nanoseconds: min(max(milliseconds, -bound), bound) * 1_000_000)
        }

        static var now: Time { Time(milliseconds: Timestamp.now.milliseconds) }

        /// Beyond the last there is none later.
        func advanced(by milliseconds: UInt32) -> Time {
            let (sum, overflow) = self.milliseconds.addingReportingOverflow(Int64(milliseconds))
            return Time(milliseconds: overflow ? .max : sum)
        }
    }
}

extension Message.Time {
    /// Reads RFC 3339 with any offset: `2026-11-23T10:30:00.125+01:00`; nil for anything else.
    init?(rfc3339 text: String) {
        guard let milliseconds = RFC3339.milliseconds(text) else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
