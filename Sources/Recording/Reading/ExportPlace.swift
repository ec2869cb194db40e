import JSON
import Records

/// How far an export is: first all records, then all divergences, each in the order of storing.
struct ExportPlace: Sendable {
    private enum List {
        case records, divergences
    }

    private var list = List.records
    private var after: Cursor?
    /// What was stored when the export began, less what has been read; nil before its first part.
    ///
    /// It is read to the end of that: an export that is slower than what comes in would never end. Not told by times,
    /// since clocks are set back, and those of several recorders at one store differ.
    private var rest: StoreTotals?

    private static let pageBytes = 1 << 20

    /// Blocks; the reader's thread only.
    func part(from reader: any RecordReader) throws(StoreError) -> ExportPart {
        var rest = if let rest { rest } else { try reader.totals() }
        let page = PageRequest(after: after, limit: 1_000, maximumBytes: Self.pageBytes)
        switch list {
        case .records:
            let found = try reader.records(in: nil, page)
            rest.rows -= Int64(found.items.count)
            return part(found, "record", next(after: rest.rows > 0 ? found.next : nil, rest))
        case .divergences:
            let found = try reader.divergences(of: nil, page)
            rest.divergences -= Int64(found.items.count)
            return part(found, "divergence", next(after: rest.divergences > 0 ? found.next : nil, rest))
        }
    }

    private func part<Item: ListItem & JSONMembers>(
        _ page: ResultPage<Item>, _ kind: String, _ next: ExportPlace?
    ) -> ExportPart {
        var json = JSONWriter(reserving: 1 << 16)
        for item in page.items {
            json.object { line in
                line.field("kind", kind)
                item.write(to: &line)
            }
            json.newline()
        }
        return ExportPart(bytes: json.bytes, next: next)
    }

    private func next(after cursor: Cursor?, _ rest: StoreTotals) -> ExportPlace? {
        var place = self
        place.after = cursor
        place.rest = rest
        guard cursor == nil else { return place }
        guard list == .records else { return nil }
        place.list = .divergences
        return place
    }
}

/// Lines of an export, and where it goes on; nil at its end.
struct ExportPart: Sendable {
    let bytes: [UInt8]
    let next: ExportPlace?
}
