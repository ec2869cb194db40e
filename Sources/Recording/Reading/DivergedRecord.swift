import Clocks
import JSON
import MicroHTTP
import Records
import Service

/// What a record says that a response diverges from: enough to see what differs.
struct DivergedRecord: Sendable {
    /// A record without its payload.
    private struct FirstAnswer {
        let responder: Label
        let answers: Int
        let storedAt: Timestamp
        let digest: [UInt8]

        init(_ record: Record) {
            responder = record.responder
            answers = record.answers
            storedAt = record.storedAt
            digest = record.answer.digest
        }
    }

    private let first: FirstAnswer
    /// Of the response's answer.
    private let givenDigest: [UInt8]

    /// Blocks; the reader's thread only.
    ///
    /// Looks each record up once, and has one payload in memory at a time.
    static func find(
        for responses: [Response], in reader: any RecordReader
    ) throws(StoreError) -> [DivergedRecord?] {
        var known: [StateKey: FirstAnswer?] = [:]
        var found: [DivergedRecord?] = []
        for response in responses {
            let key = response.stateKey
            let first = if let first = known[key] { first } else { try reader.record(of: key).map(FirstAnswer.init) }
            known[key] = .some(first)
            found.append(first.map { DivergedRecord(first: $0, givenDigest: response.answer.digest) })
        }
        return found
    }
}

extension DivergedRecord {
    /// What the sender of `response` is told: the record says something else, `record` where it could be found.
    static func refusal(of response: Response, by record: DivergedRecord?) -> HTTPResponse {
        let key = response.stateKey
        let first = record.map { ", which \($0.first.responder.text.quoted) answered first" } ?? ""
        return .error(
            .diverged,
            "key \(key.key.text.quoted) of message \(key.messageID.text.quoted) has another answer\(first); that stays, and the difference is kept: GET /divergences"
        ) { error in
            error.field("messageId", key.messageID.text)
            error.field("key", key.key.text)
            error.field("digest", record.map { hexadecimal($0.givenDigest) })
            guard let first = record?.first else { return error.null("record") }
            error.object("record") {
                $0.field("responder", first.responder.text)
                $0.field("digest", hexadecimal(first.digest))
                $0.field("answers", first.answers)
                $0.field("storedAt", first.storedAt)
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
