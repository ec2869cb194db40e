import CLinux
import Glibc

/// A point on the wall clock, in UTC.
///
/// Counts nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
package struct Timestamp: Hashable, Comparable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static var now: Timestamp {
        Timestamp(nanoseconds: linux_read_clock(CLOCK_REALTIME))
    }

    /// Whole milliseconds since 1970, rounded down.
    package var milliseconds: Int64 {
        nanoseconds >= 0 ? nanoseconds / 1_000_000 : (nanoseconds + 1) / 1_000_000 - 1
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    package static func + (timestamp: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(nanoseconds: timestamp.nanoseconds + duration.nanoseconds)
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds: `2026-11-23T09:30:00.125Z`.
    package var description: String {
        let utf8 = rfc3339
        return String(unsafeUninitializedCapacity: utf8.count) { buffer in
            for index in utf8.indices { buffer[index] = utf8[index] }
            return utf8.count
        }
    }

    /// The 24 ASCII bytes of ``description``; allocates nothing.
    ///
    /// The calendar arithmetic is that of the proleptic Gregorian calendar, counted in eras of 400 years from 1 March,
    /// so that the leap day is the last day of a year. Years outside 0…9999 are written modulo 10,000.
    package var rfc3339: InlineArray<24, UInt8> {
        let total = milliseconds
        let day = total >= 0 ? total / 86_400_000 : (total - 86_399_999) / 86_400_000
        let millisecond = total - day * 86_400_000
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)

        var text = InlineArray<24, UInt8>(repeating: UInt8(ascii: "-"))
        func write(_ value: Int64, digits: Int, at index: Int) {
            // Small numbers, whose division costs a third of that of large ones.
            var rest = UInt32(truncatingIfNeeded: value.magnitude)
            for position in stride(from: index + digits - 1, through: index, by: -1) {
                text[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
        }
        write(year, digits: 4, at: 0)
        write(month, digits: 2, at: 5)
        write(dayOfMonth, digits: 2, at: 8)
        text[10] = UInt8(ascii: "T")
        write(millisecond / 3_600_000, digits: 2, at: 11)
        text[13] = UInt8(ascii: ":")
        write(millisecond / 60_000 % 60, digits: 2, at: 14)
        text[16] = UInt8(ascii: ":")
        write(millisecond / 1_000 % 60, digits: 2, at: 17)
        text[19] = UInt8(ascii: ".")
        write(millisecond % 1_000, digits: 3, at: 20)
        text[23] = UInt8(ascii: "Z")
        return text
    }
}
