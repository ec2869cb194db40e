import JSON
import MicroHTTP
import Records
import Service

/// A list that a request asks for.
enum ListQuestion: Sendable {
    case records(of: Label, PageRequest)
    case responders(of: Label, PageRequest)
    case allRecords(topic: Label?, PageRequest)
    case divergences(of: Label?, PageRequest)

    /// Blocks; the reader's thread only.
    func answer(from reader: any RecordReader) throws(StoreError) -> HTTPResponse {
        switch self {
        case .records(let message, let page):
            let found = try reader.records(of: message, page)
            return page.after == nil && found.items.isEmpty ? Self.unknown(message) : Self.document(found)
        case .responders(let message, let page):
            let found = try reader.responders(of: message, page)
            return page.after == nil && found.items.isEmpty ? Self.unknown(message) : Self.document(found)
        case .allRecords(let topic, let page): return Self.document(try reader.records(in: topic, page))
        case .divergences(let message, let page): return Self.document(try reader.divergences(of: message, page))
        }
    }

    private static func document<Item: ListItem & JSONMembers>(_ page: ResultPage<Item>) -> HTTPResponse {
        .document { json in
            json.array("items") { list in
                for item in page.items { list.object { item.write(to: &$0) } }
            }
            json.field("next", page.next?.description)
        }
    }

    private static func unknown(_ message: Label) -> HTTPResponse {
        .error(
            .unknownMessage,
            "there is no record of message \(message.text.quoted); nobody has answered it, or it was removed")
    }
}
