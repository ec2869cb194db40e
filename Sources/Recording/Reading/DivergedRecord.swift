import Clocks
import JSON
import MicroHTTP
import Records
import Service

/// What a record says that a response diverges from: enough to see what differs.
struct DivergedRecord: Sendable {
    let responder: Label
    let answers: Int
    let storedAt: Timestamp
    /// Of the record's answer and of the response's.
    let digest: [UInt8]
    let givenDigest: [UInt8]

    init(_ record: Record, given answer: Answer) {
        responder = record.responder
        answers = record.answers
        storedAt = record.storedAt
        digest = record.answer.digest
        givenDigest = answer.digest
    }

    /// Blocks; the reader's thread only.
    ///
    /// Each message is looked through once, one page of it; whose record stands further back is told less.
    static func find(
        for responses: [Response], in reader: any RecordReader
    ) throws(StoreError) -> [DivergedRecord?] {
        var records: [StateKey: Record] = [:]
        var messages: Set<Label> = []
        for response in responses where messages.insert(response.stateKey.messageID).inserted {
            let page = try reader.records(of: response.stateKey.messageID, PageRequest(limit: 1_000))
            for record in page.items { records[record.stateKey] = record }
        }
        return responses.map { response in
            records[response.stateKey].map { DivergedRecord($0, given: response.answer) }
        }
    }
}

extension DivergedRecord {
    /// What the sender of `response` is told: the record says something else, `record` where it could be found.
    static func refusal(of response: Response, by record: DivergedRecord?) -> HTTPResponse {
        let key = response.stateKey
        let first = record.map { ", which \($0.responder.text.quoted) answered first" } ?? ""
        return .error(
            .diverged,
            "key \(key.key.text.quoted) of message \(key.messageID.text.quoted) has another answer\(first); that stays, and the difference is kept: GET /divergences"
        ) { error in
            error.field("messageId", key.messageID.text)
            error.field("key", key.key.text)
            error.field("digest", record.map { hexadecimal($0.givenDigest) })
            guard let record else { return error.null("record") }
            error.object("record") {
                $0.field("responder", record.responder.text)
                $0.field("digest", hexadecimal(record.digest))
                $0.field("answers", record.answers)
                $0.field("storedAt", record.storedAt)
            }
        }
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
        let text = String(byte, radix: 16)
        return text.count < 2 ? "0" + text : text
    }.joined()
}
