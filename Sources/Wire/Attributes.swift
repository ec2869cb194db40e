/// What a message carries besides its payload: names with values (wire-format.md, "Attributes").
package struct Attributes: Hashable, Sendable {
    /// In the order in which they travel, each name once.
    package private(set) var items: [(name: String, value: String)] = []
    /// How many bytes they take in a body.
    package private(set) var byteCount = 0
    /// Those of all items, once looking through the items takes longer.
    private(set) var names: Set<String> = []

    package static let nameBytes = 1...64
    private static let manyItems = 16

    package init() {}

    /// Adds an attribute; false, and nothing is added, if the name is not allowed or there already, or the whole becomes
    /// longer than ``MessageHead/maximumAttributeBytes``.
    package mutating func add(_ name: String, _ value: String) -> Bool {
        let added = 3 + name.utf8.count + value.utf8.count
        guard Self.isName(name), byteCount + added <= MessageHead.maximumAttributeBytes, insert(name) else {
            return false
        }
        items.append((name, value))
        byteCount += added
        return true
    }

    /// Takes note of a name in a time that does not grow with their number; false if it is there already.
    private mutating func insert(_ name: String) -> Bool {
        guard items.count >= Self.manyItems else { return !contains(name) }
        if names.isEmpty { names = Set(items.map(\.name)) }
        return names.insert(name).inserted
    }

    /// Whether there is an attribute of that name; takes a time that does not grow with their number.
    package func contains(_ name: String) -> Bool {
        names.isEmpty ? items.contains { $0.name == name } : names.contains(name)
    }

    package subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    package var isEmpty: Bool { items.isEmpty }

    /// Whether an attribute may be called so: 1 to 64 lower-case letters, digits and `- _ .` of ASCII.
    package static func isName(_ name: String) -> Bool {
        nameBytes.contains(name.utf8.count) && name.utf8.allSatisfy(\.isOfName)
    }

    /// Their bytes in a body.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        for (name, value) in items {
            bytes.append(UInt8(name.utf8.count))
            bytes += name.utf8
            bytes.append(UInt8(value.utf8.count >> 8))
            bytes.append(UInt8(value.utf8.count & 0xFF))
            bytes += value.utf8
        }
        return bytes
    }

    /// Reads the bytes of a body; nil when they are malformed.
    package init?(_ bytes: some RandomAccessCollection<UInt8>) {
        var rest = bytes[...]
        while let nameBytes = rest.popFirst().map({ Int($0) }) {
            guard Self.nameBytes.contains(nameBytes), rest.count >= nameBytes + 2 else { return nil }
            let name = String(decoding: rest.prefix(nameBytes), as: UTF8.self)
            rest = rest.dropFirst(nameBytes)
            guard let high = rest.popFirst(), let low = rest.popFirst() else { return nil }
            let valueBytes = Int(high) << 8 | Int(low)
            guard rest.count >= valueBytes,
                let value = String(validating: rest.prefix(valueBytes), as: UTF8.self), add(name, value)
            else { return nil }
            rest = rest.dropFirst(valueBytes)
        }
    }

    package static func == (left: Attributes, right: Attributes) -> Bool {
        left.items.elementsEqual(right.items) { $0 == $1 }
    }

    package func hash(into hasher: inout Hasher) {
        for item in items {
            hasher.combine(item.name)
            hasher.combine(item.value)
        }
    }
}

extension UInt8 {
    fileprivate var isOfName: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
