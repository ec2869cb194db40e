/// Rows under headings, their columns aligned by spaces.
struct TextTable {
    enum Alignment {
        case left
        case right
    }

    private let columns: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    init(_ columns: KeyValuePairs<String, Alignment>) {
        self.columns = columns.map { ($0, $1) }
    }

    /// Adds a row with a text for each column.
    mutating func append(_ row: [String]) {
        rows.append(row)
    }

    /// The lines, headings first, without spaces at their ends.
    var lines: [String] {
        let widths = columns.indices.map { column in
            max(columns[column].title.count, rows.map { $0[column].count }.max() ?? 0)
        }
        return ([columns.map(\.title)] + rows).map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                let space = String(repeating: " ", count: widths[column] - text.count)
                line += (column > 0 ? "  " : "") + (columns[column].alignment == .left ? text + space : space + text)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
