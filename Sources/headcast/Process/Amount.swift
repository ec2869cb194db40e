/// A number for people: `12,345`.
struct Amount: CustomStringConvertible {
    let description: String

    init(_ value: some BinaryInteger) {
        var digits = "\(value.magnitude)"
        var index = digits.endIndex
        while digits.distance(from: digits.startIndex, to: index) > 3 {
            index = digits.index(index, offsetBy: -3)
            digits.insert(",", at: index)
        }
        description = (value < 0 ? "-" : "") + digits
    }
}
