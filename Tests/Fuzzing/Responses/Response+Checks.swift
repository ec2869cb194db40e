import Foundation
import Fuzzing
import JSON
import Records

extension Response {
    private var labels: [Label] {
        [stateKey.messageID, stateKey.key, responder] + [topic, answer.contentType].compactMap(\.self)
    }

    func checkLimits() {
        for label in labels {
            expect((1...256).contains(label.text.utf8.count), "a label within its limits: \(label)")
        }
        expect(answer.payload.count <= Taken.maximumPayloadBytes, "a payload within its limit")
        expect(sequence ?? 0 <= UInt64(Int64.max), "a sequence that a database holds")
    }

    /// It, written in each of the ways that a payload may be.
    var written: [[UInt8]] {
        let isText = (try? UTF8Span(validating: answer.payload.span)) != nil
        return (isText ? [true, false] : [false]).map { asText in
            var json = JSONWriter()
            json.object { json in
                json.field("messageId", stateKey.messageID.text)
                json.field("key", stateKey.key.text)
                json.field("responder", responder.text)
                if asText {
                    json.field("payload", utf8: answer.payload.span)
                } else {
                    let base64 = Base64.encode(answer.payload.span)
                    json.field("payloadBase64", utf8: base64.span)
                }
                json.field("contentType", answer.contentType?.text)
                json.field("topic", topic?.text)
                json.field("sequence", sequence)
            }
            return json.bytes
        }
    }

    func checkAgainstFoundation(_ line: [UInt8]) {
        let value = try? JSONSerialization.jsonObject(with: Data(line), options: .fragmentsAllowed)
        guard let theirs = value as? [String: Any] else { return expect(false, "a response is an object") }
        let known = ["messageId", "key", "responder", "payload", "payloadBase64", "contentType", "topic", "sequence"]
        expect(
            theirs.keys.allSatisfy { key in known.contains { $0.utf8.elementsEqual(key.utf8) } },
            "no member that is not known: \(theirs.keys)")
        let texts = [
            ("messageId", stateKey.messageID), ("key", stateKey.key), ("responder", responder), ("topic", topic),
            ("contentType", answer.contentType),
        ]
        for (name, label) in texts {
            let text = theirs[name] as? String
            expect(text.map { Array($0.utf8) } == label.map { Array($0.text.utf8) }, "\(name) as it is given")
        }
        let payload = (theirs["payload"] as? String).map { Array($0.utf8) }
        let base64 = (theirs["payloadBase64"] as? String).map { Data(base64Encoded: $0).map(Array.init) }
        expect((payload == nil) != (base64 == nil), "one payload")
        expect(payload ?? base64 ?? [] == answer.payload, "the payload as it is given")
        expect((theirs["sequence"] as? NSNumber)?.uint64Value == sequence, "the sequence as it is given")
    }
}
