/// A table of a report: rows of the same columns.
struct Section: Sendable {
    /// `fanout`; unique in a report.
    var name: String
    /// What the rows tell, and what the yardstick is, in a sentence or two.
    var about: String
    /// Of `ours` and `yardstick`: `deliveries/s`.
    var unit: String
    var rows: [Row] = []

    /// The table under its name, its columns aligned.
    var lines: [String] {
        guard let first = rows.first else { return [] }
        let headings = first.labels.map { $0.name.uppercased() } + first.figures.map(\.heading)
        let cells = [headings] + rows.map { $0.labels.map(\.value.text) + $0.figures.map(\.text) }
        let widths = headings.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        let isText = first.labels.map { if case .text = $0.value { true } else { false } }
        let table = cells.map { row in
            row.enumerated().map { column, text in
                let space = String(repeating: " ", count: widths[column] - text.count)
                return column < isText.count && isText[column] ? text + space : space + text
            }.joined(separator: "  ").trimmingEnd
        }
        return ["\(name), in \(unit)", about, ""] + table
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
