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
        let bytes = Array(text.utf8)
        func number(_ first: Int, _ count: Int) -> Int64? {
            guard first + count <= bytes.count else { return nil }
            return Int64(decimal: String(decoding: bytes[first..<first + count], as: UTF8.self))
        }
        let marks: [(Int, String)] = [(4, "-"), (7, "-"), (10, "Tt "), (13, ":"), (16, ":")]
        guard bytes.count >= 20, marks.allSatisfy({ mark in mark.1.utf8.contains(bytes[mark.0]) }),
            let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
            let minute = number(14, 2), let second = number(17, 2), (1...12).contains(month),
            (1...Self.days(inMonth: month, of: year)).contains(day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var rest = bytes[19...]
        var fraction: Int64 = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard !digits.isEmpty else { return nil }
            for place in 0..<3 {
                fraction = fraction * 10 + (place < digits.count ? Int64(digits[digits.startIndex + place]) - 48 : 0)
            }
            rest = rest[digits.endIndex...]
        }
        guard let offset = Self.offset(rest) else { return nil }
        let minutes = (Self.days(year, month, day) * 24 + hour) * 60 + minute - offset
        self.init(milliseconds: (minutes * 60 + second) * 1_000 + fraction)
    }

    /// The minutes of `Z` or `+01:00`.
    private static func offset(_ text: ArraySlice<UInt8>) -> Int64? {
        if text.elementsEqual("Z".utf8) || text.elementsEqual("z".utf8) { return 0 }
        let parts = String(decoding: text.dropFirst(), as: UTF8.self).split(separator: ":")
        guard text.count == 6, parts.count == 2, let hours = Int64(decimal: parts[0]), hours < 24,
            let minutes = Int64(decimal: parts[1]), minutes < 60
        else { return nil }
        switch text.first {
        case UInt8(ascii: "+"): return hours * 60 + minutes
        case UInt8(ascii: "-"): return -(hours * 60 + minutes)
        default: return nil
        }
    }

    private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the Gregorian calendar, counted from March so that the leap day is a year's last.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
