import JSON

/// One number of a report, and how it is shown.
struct Figure: Sendable {
    /// As a member in JSON: `lostPercent`.
    var name: String
    /// Above its column.
    var heading: String
    /// Nil where it could not be measured.
    var value: Double?

    /// - Parameter heading: the name in capitals if left out.
    init(_ name: String, _ value: Double?, heading: String? = nil) {
        self.name = name
        self.heading = heading ?? name.uppercased()
        self.value = value
    }

    /// `12,345`, `123`, `1.23`, `0.004` or `-`.
    var text: String {
        guard let value, value.isFinite else { return "-" }
        if value == value.rounded() || value.magnitude >= 100 { return Self.grouped(Int(value.rounded())) }
        let digits = value.magnitude >= 10 ? 1 : value.magnitude >= 0.1 ? 2 : 4
        return Self.decimal(value, digits: digits)
    }

    private static func grouped(_ value: Int) -> String {
        var digits = Array("\(value.magnitude)")
        for index in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: index) }
        return (value < 0 ? "-" : "") + String(digits)
    }

    private static func decimal(_ value: Double, digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((value.magnitude * Double(scale)).rounded())
        let fraction = "\(scaled % scale)"
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return (value < 0 ? "-" : "") + "\(scaled / scale).\(zeros)\(fraction)"
    }
}
