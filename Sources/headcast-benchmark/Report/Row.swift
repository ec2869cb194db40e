import JSON

/// What was measured under one set of circumstances.
struct Row: Sendable {
    enum Label: Sendable {
        case text(String)
        case number(Int)

        var text: String {
            switch self {
            case .text(let text): text
            case .number(let number): Figure("", Double(number)).text
            }
        }
    }

    /// The circumstances: `subscribers`, `format`.
    var labels: [(name: String, value: Label)]
    var figures: [Figure]

    init(_ labels: KeyValuePairs<String, Label>, _ figures: [Figure]) {
        self.labels = labels.map { ($0, $1) }
        self.figures = figures
    }
}

extension Row.Label: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .number(value) }
}

extension Comparison {
    /// The medians, and the median of the ratios, which is not the ratio of the medians.
    var figures: [Figure] {
        [
            Figure("ours", ours.median), Figure("yardstick", yardstick.median, heading: "C"),
            Figure("ratio", ratios.median),
        ]
    }
}
