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
    /// What there is to tell of the records of these state keys.
    case firstAnswers([StateKey])
}

/// What was found, worked out as far as it can be on the reader's thread.
enum Finding: Sendable {
    case response(HTTPResponse)
    case part(ExportPart)
    case totals(StoreTotals)
    /// In the order of the state keys; nil where there is no record.
    case firstAnswers([FirstAnswer?])
}

extension Question {
    /// Whether it comes before others: the answer to a response, or the status, waits for it, and each costs little.
    var isUrgent: Bool {
        switch self {
        case .firstAnswers, .totals: true
        case .list, .export: false
        }
    }

    /// Blocks; the reader's thread only.
    func answer(from reader: any RecordReader) throws(StoreError) -> Finding {
        switch self {
        case .list(let list): .response(try list.answer(from: reader))
        case .export(let place): .part(try place.part(from: reader))
        case .totals: .totals(try reader.totals())
        case .firstAnswers(let stateKeys): .firstAnswers(try reader.firstAnswers(to: stateKeys))
        }
    }
}
