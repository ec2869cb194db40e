import Clocks
import MicroHTTP
import Records

/// What is to be looked up in the store, on the reader's thread.
enum Question: Sendable {
    /// A list, as the answer to a request.
    case list(ListQuestion)
    /// The part of an export that begins here.
    case export(ExportPlace)
    case totals
    /// What the records say that these responses diverge from.
    case records([Response])
}

/// What was found, worked out as far as it can be on the reader's thread.
enum Finding: Sendable {
    case response(HTTPResponse)
    case part(ExportPart)
    case totals(StoreTotals)
    /// Nil for records that were not found.
    case records([DivergedRecord?])
}

extension Question {
    /// Blocks; the reader's thread only.
    func answer(from reader: any RecordReader) throws(StoreError) -> Finding {
        switch self {
        case .list(let list): .response(try list.answer(from: reader))
        case .export(let place): .part(try place.part(from: reader))
        case .totals: .totals(try reader.totals())
        case .records(let responses): .records(try DivergedRecord.find(for: responses, in: reader))
        }
    }
}
