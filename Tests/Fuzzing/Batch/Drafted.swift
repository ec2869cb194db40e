import Foundation
import Fuzzing
import Service
import Wire

@testable import Gateway

/// What came of an entry: a message, or the code of a refusal.
struct Drafted: Equatable {
    private(set) var code: ErrorCode?
    private var payload: [UInt8] = []
    private var attributes = Attributes()
    private var ttl: Duration?
    private var key: [UInt8]?

    init(_ read: () throws(DraftFault) -> (MessageDraft, [UInt8])) {
        do throws(DraftFault) {
            let (draft, body) = try read()
            payload = draft.payload.withBytes(of: body.span.bytes) { $0.withUnsafeBytes { Array($0) } }
            attributes = draft.attributes
            ttl = draft.ttl
            key = draft.idempotencyKey?.bytes
            checkLimits()
        } catch {
            code = error.code
        }
    }

    private func checkLimits() {
        expect(attributes.items.count <= Attributes.maximumCount, "no more attributes than a message may have")
        expect(Attributes(attributes.encoded) == attributes, "attributes that travel")
        for (name, value) in attributes.items {
            expect(!value.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "no control characters: \(name)")
        }
        if let ttl { expect((.milliseconds(1) ... .seconds(86_400)).contains(ttl), "a time to live within its limits") }
        if let key { expect((1...255).contains(key.count), "an idempotency key within its limits") }
    }

    /// Whether it is the same but for the way in which JSON in the payload is written.
    func isSimilar(to other: Drafted) -> Bool {
        var copy = self
        if payload != other.payload, let json = sorted(payload), json == sorted(other.payload) {
            copy.payload = other.payload
        }
        return copy == other
    }

    // MARK: Foundation's view

    func checkLine(_ theirs: [String: Any]) {
        let known = ["payload", "payloadBase64", "contentType", "attributes", "ttl", "idempotencyKey"]
        expect(
            theirs.keys.allSatisfy { key in known.contains { $0.utf8.elementsEqual(key.utf8) } },
            "no member that is not known: \(theirs.keys)")
        let text = theirs["payload"] as? String
        let base64 = theirs["payloadBase64"] as? String
        expect((text == nil) != (base64 == nil), "one payload")
        if let text { expect(payload.elementsEqual(text.utf8), "the payload is the text") }
        if let base64 { expect(isPayload(base64), "the payload is what was encoded") }
        expect((theirs["idempotencyKey"] as? String).map { Array($0.utf8) } == key, "the key")
        expect((theirs["ttl"] != nil) == (ttl != nil), "a time to live where one is given")
        var wanted = theirs["attributes"] as? [String: String] ?? [:]
        if let contentType = theirs["contentType"] as? String { wanted["content-type"] = contentType }
        expect(wanted.count == attributes.items.count, "as many attributes as are given")
        expect(wanted.allSatisfy { areEqual($0.value, attributes[$0.key]) }, "attributes as they are given")
    }

    func checkEvent(_ theirs: [String: Any]) {
        for (name, value) in attributes.items where name.hasPrefix("ce-") {
            switch theirs[String(name.dropFirst(3))] {
            case let text as String: expect(areEqual(text, value), "attribute \(name) as it is given")
            case let number as NSNumber:
                let integer = Int32(exactly: number.doubleValue).map { "\($0)" }
                expect(value == "\(number.boolValue)" || value == integer, "attribute \(name) as it is given")
            case let other: expect(other is NSNull, "attribute \(name) is given")
            }
        }
        for required in ["id", "source", "type"] { expect(attributes["ce-\(required)"]?.isEmpty == false, required) }
        if let base64 = theirs["data_base64"] as? String {
            expect(isPayload(base64), "the payload is what was encoded")
        } else if let data = theirs["data"] {
            let isText = (data as? String).map { payload.elementsEqual($0.utf8) } ?? false
            let json = try? JSONSerialization.data(withJSONObject: data, options: [.fragmentsAllowed, .sortedKeys])
            expect(isText || json.map { Array($0) } == sorted(payload), "the payload is the data")
        } else {
            expect(payload.isEmpty, "no payload")
        }
    }

    private func isPayload(_ base64: String) -> Bool { Data(base64Encoded: base64).map(Array.init) == payload }

    private func areEqual(_ text: String, _ other: String?) -> Bool {
        other.map { $0.utf8.elementsEqual(text.utf8) } ?? false
    }
}

/// A JSON document in a form of its own; nil for anything else.
private func sorted(_ bytes: [UInt8]) -> [UInt8]? {
    guard let value = foundationValue(bytes[...]) else { return nil }
    let json = try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])
    return json.map { Array($0) }
}

func foundationValue(_ bytes: ArraySlice<UInt8>) -> Any? {
    try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
}
