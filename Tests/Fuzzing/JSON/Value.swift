import Foundation
import JSON

/// A JSON document that a ``JSONReader`` read, to be held against what Foundation makes of it.
enum Value {
    case object([(name: [UInt8], value: Value)])
    case array([Value])
    case text([UInt8])
    case number(String)
    case bool(Bool)
    case null

    /// Nil for what is no document.
    init?(document bytes: [UInt8]) {
        var reader = JSONReader(bytes)
        do throws(JSONFault) {
            self = try Self.read(&reader)
            try reader.end()
        } catch {
            return nil
        }
    }

    private static func read(_ reader: inout JSONReader) throws(JSONFault) -> Value {
        switch reader.kind() {
        case .object:
            var members: [(name: [UInt8], value: Value)] = []
            try reader.beginObject()
            while let name = try reader.nextName() { members.append((reader.unescaped(name), try read(&reader))) }
            return .object(members)
        case .array:
            var elements: [Value] = []
            try reader.beginArray()
            while try reader.nextElement() { elements.append(try read(&reader)) }
            return .array(elements)
        case .text: return .text(reader.unescaped(try reader.text()))
        case .number: return .number(String(decoding: reader.bytes[try reader.number()], as: UTF8.self))
        case .bool: return .bool(try reader.bool())
        case .null: try reader.null()
        case nil: try reader.skip()
        }
        return .null
    }

    /// Whether Foundation refuses it for the size of a number.
    var hasNumberBeyondDouble: Bool {
        switch self {
        case .object(let members): members.contains { $0.value.hasNumberBeyondDouble }
        case .array(let elements): elements.contains(where: \.hasNumberBeyondDouble)
        case .number(let text): Double(text).map { !$0.isFinite || $0 == 0 } ?? true
        case .text, .bool, .null: false
        }
    }

    func equals(_ other: Any) -> Bool {
        switch self {
        case .object(let members):
            guard let other = other as? [String: Any] else { return false }
            // Of members with one name Foundation takes one; which names are one is its affair.
            guard other.count == members.count else { return other.count < members.count }
            return members.allSatisfy { member in
                other[String(decoding: member.name, as: UTF8.self)].map(member.value.equals) ?? false
            }
        case .array(let elements):
            guard let other = other as? [Any], other.count == elements.count else { return false }
            return zip(elements, other).allSatisfy { $0.equals($1) }
        case .text(let bytes): return (other as? String).map { $0.utf8.elementsEqual(bytes) } ?? false
        case .number(let text):
            guard let other = other as? NSNumber, let value = Double(text) else { return false }
            return abs(other.doubleValue - value) <= abs(value) * 1e-14
        case .bool(let value): return other as? Bool == value
        case .null: return other is NSNull
        }
    }
}
