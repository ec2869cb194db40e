/// Times as text (RFC 3339, section 5.6).
package enum RFC3339 {
    /// The milliseconds since 1970 of a time with any offset, `2026-11-23T10:30:00.125+01:00`; nil for anything else.
    ///
    /// Further digits of a second are left out. A leap second is the second after it.
    package static func milliseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        let marks: [(Int, String)] = [(4, "-"), (7, "-"), (10, "Tt "), (13, ":"), (16, ":")]
        guard bytes.count >= 20, marks.allSatisfy({ mark in mark.1.utf8.contains(bytes[mark.0]) }),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
            let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]),
            let second = number(bytes[17..<19]), (1...12).contains(month),
            (1...days(inMonth: month, of: year)).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var rest = bytes[19...]
        var fraction: Int64 = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix(while: \.isDigit)
            guard !digits.isEmpty else { return nil }
            for place in 0..<3 {
                fraction = fraction * 10 + (place < digits.count ? Int64(digits[digits.startIndex + place]) - 48 : 0)
            }
            rest = rest[digits.endIndex...]
        }
        guard let offset = offset(rest) else { return nil }
        let minutes = (days(year, month, day) * 24 + hour) * 60 + minute - offset
        return (minutes * 60 + second) * 1_000 + fraction
    }

    /// The number that these digits are; nil if they are not digits.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard digits.allSatisfy(\.isDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1) - 48 }
    }

    /// The minutes of `Z` or `+01:00`.
    private static func offset(_ text: ArraySlice<UInt8>) -> Int64? {
        if text.elementsEqual("Z".utf8) || text.elementsEqual("z".utf8) { return 0 }
        let start = text.startIndex
        guard text.count == 6, text[start + 3] == UInt8(ascii: ":"), let hours = number(text[start + 1..<start + 3]),
            let minutes = number(text[start + 4..<start + 6]), hours < 24, minutes < 60
        else { return nil }
        switch text[start] {
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

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
