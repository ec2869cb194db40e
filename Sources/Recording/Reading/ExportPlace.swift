import Clocks
import JSON
import Records

/// How far an export is: first all records, then all divergences, each in the order of storing.
struct ExportPlace: Sendable {
    private enum List {
        case records, divergences
    }

    private var list = List.records
    private var after: Cursor?
    /// When the export began, on the wall clock.
    private let begunAt: Timestamp

    init(beginningAt now: Timestamp) {
        begunAt = now
    }

    /// How long after its beginning something may have been stored and still be sent.
    ///
    /// Without a bound, an export that is slower than what comes in would never end. Not none, since several recorders
    /// may share a store, each with a clock of its own.
    private static let slack = Duration.seconds(60)

    private static let pageBytes = 1 << 20

    /// Blocks; the reader's thread only.
    func part(from reader: any RecordReader) throws(StoreError) -> ExportPart {
        let page = PageRequest(after: after, limit: 1_000, maximumBytes: Self.pageBytes)
        let end = begunAt + Self.slack
        switch list {
        case .records:
            let found = try reader.records(in: nil, page)
            return part(found, "record", isOver: found.items.allSatisfy { $0.storedAt > end })
        case .divergences:
            let found = try reader.divergences(of: nil, page)
            return part(found, "divergence", isOver: found.items.allSatisfy { $0.noticedAt > end })
        }
    }

    private func part<Item: ListItem & JSONMembers>(
        _ page: ResultPage<Item>, _ kind: String, isOver: Bool
    ) -> ExportPart {
        var json = JSONWriter(reserving: 1 << 16)
        for item in page.items where !isOver {
            json.object { line in
                line.field("kind", kind)
                item.write(to: &line)
            }
            json.newline()
        }
        return ExportPart(bytes: json.bytes, next: next(after: isOver ? nil : page.next))
    }

    private func next(after cursor: Cursor?) -> ExportPlace? {
        var place = self
        place.after = cursor
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
