import Clocks
import Endpoints

extension ValueFormat where Value == Duration {
    /// A whole number and one unit: `250us`, `50ms`, `5s`, `2m`, `1h`; `0` needs none.
    package static func duration(_ range: ClosedRange<Duration>) -> Self {
        ValueFormat { (text: String) throws(Expected) -> Duration in
            guard let nanoseconds = text == "0" ? 0 : number(in: text, units: durationUnits) else {
                throw Expected("a duration like 10s")
            }
            guard range.contains(.nanoseconds(nanoseconds)) else {
                throw Expected("\(durationText(range.lowerBound)) to \(durationText(range.upperBound))")
            }
            return .nanoseconds(nanoseconds)
        } text: { value in
            durationText(value)
        }
    }
}

extension ValueFormat where Value == Int {
    /// A number of bytes, alone or with a unit: `1232`, `64KiB`, `16MiB`, `1GiB` (powers of 1024), `1MB` (of 1000).
    package static func size(_ range: ClosedRange<Int>) -> Self {
        ValueFormat { (text: String) throws(Expected) -> Int in
            guard let bytes = number(in: text, units: sizeUnits).flatMap({ Int(exactly: $0) }) else {
                throw Expected("a number of bytes like 1232 or 64KiB")
            }
            guard range.contains(bytes) else {
                throw Expected("\(sizeText(range.lowerBound)) to \(sizeText(range.upperBound))")
            }
            return bytes
        } text: { value in
            sizeText(value)
        }
    }
}

private let durationUnits: [(name: String, factor: Int64)] = [
    ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
]

private let sizeUnits: [(name: String, factor: Int64)] = [
    ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
    ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("kB", 1_000), ("B", 1), ("", 1),
]

/// Digits followed by the name of a unit, as a multiple of the smallest; nil for anything else and on overflow.
private func number(in text: String, units: [(name: String, factor: Int64)]) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let name = text[digits.endIndex...]
    guard let unit = units.first(where: { $0.name == name }), let count = Int64(decimal: digits) else { return nil }
    let (value, overflow) = count.multipliedReportingOverflow(by: unit.factor)
    return overflow ? nil : value
}

/// The duration in the largest unit that leaves no fraction; parts of a microsecond are dropped.
private func durationText(_ duration: Duration) -> String {
    let nanoseconds = duration.nanoseconds
    guard nanoseconds != 0, let unit = durationUnits.first(where: { nanoseconds % $0.factor == 0 }) else {
        return nanoseconds == 0 ? "0" : "\(nanoseconds / 1_000)us"
    }
    return "\(nanoseconds / unit.factor)\(unit.name)"
}

private func sizeText(_ bytes: Int) -> String {
    guard bytes != 0, let unit = sizeUnits.prefix(3).first(where: { Int64(bytes) % $0.factor == 0 }) else {
        return bytes.description
    }
    return "\(Int64(bytes) / unit.factor)\(unit.name)"
}
