/// How counts, shares and lists are written for people.
enum Wording {
    /// `1 address`, `1,500 addresses`.
    static func count(_ number: Int, _ noun: String) -> String {
        "\(number.grouped) \(number == 1 ? noun : plural(noun))"
    }

    /// `all 3 addresses`, `2 of 3 addresses`, `both addresses`, `the address`.
    static func share(_ part: Int, of whole: Int, _ noun: String) -> String {
        switch whole {
        case _ where part < whole: "\(part.grouped) of \(count(whole, noun))"
        case 1: "the \(noun)"
        case 2: "both \(plural(noun))"
        default: "all \(count(whole, noun))"
        }
    }

    private static func plural(_ noun: String) -> String { noun + (noun.hasSuffix("s") ? "es" : "s") }

    /// The first three, and how many more there are.
    static func list(_ items: some Collection<some CustomStringConvertible>) -> String {
        let shown = items.prefix(3).map(\.description).joined(separator: ", ")
        return items.count > 3 ? "\(shown) and \((items.count - 3).grouped) more" : shown
    }
}

extension Int {
    /// With commas: `212,992`.
    var grouped: String { "\(Amount(self))" }
}
