/// A domain name, as its labels stand in a message.
///
/// ASCII letters are kept in lower case, so that equality is that of RFC 4343: case does not matter. Labels may hold
/// any byte, as a hostile or odd answer may have them.
package struct DNSName: Hashable, Sendable {
    /// Length-prefixed labels and the final zero (RFC 1035, section 3.1): 1 to 255 bytes, uncompressed.
    package let wire: [UInt8]

    /// - Parameter wire: a whole name, already in lower case.
    init(wire: [UInt8]) {
        self.wire = wire
    }

    /// Reads `headless-udp.shop.svc.cluster.local`, with or without the final dot.
    ///
    /// Letters, digits, `-` and `_` only: every name that a service can have. Nil for anything else, for an empty label,
    /// a label of more than 63 bytes and a name of more than 253.
    package init?(_ text: some StringProtocol) {
        var utf8 = Array(text.utf8)
        if utf8.last == UInt8(ascii: ".") { utf8.removeLast() }
        guard (1...253).contains(utf8.count) else { return nil }
        var wire: [UInt8] = []
        wire.reserveCapacity(utf8.count + 2)
        for label in utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard (1...63).contains(label.count), label.allSatisfy(DNSName.isPlain) else { return nil }
            wire.append(UInt8(label.count))
            wire.append(contentsOf: label.map(DNSName.lowercased))
        }
        wire.append(0)
        self.init(wire: wire)
    }

    /// This name under `domain`; nil when that would be longer than a name may be.
    package func under(_ domain: DNSName) -> DNSName? {
        guard wire.count - 1 + domain.wire.count <= 255 else { return nil }
        return DNSName(wire: wire.dropLast() + domain.wire)
    }

    package var isRoot: Bool { wire.count == 1 }

    /// Whether every label could be asked for as text: letters, digits, `-` and `_`.
    package var isPlain: Bool {
        labels.allSatisfy { $0.allSatisfy(DNSName.isPlain) }
    }

    package var labels: [ArraySlice<UInt8>] {
        var labels: [ArraySlice<UInt8>] = []
        var position = 0
        while position < wire.count, wire[position] != 0 {
            let end = position + 1 + Int(wire[position])
            labels.append(wire[(position + 1)..<end])
            position = end
        }
        return labels
    }

    /// The first label as text, when the rest of this name is `domain`.
    package func label(below domain: DNSName) -> String? {
        guard let first = labels.first, wire.dropFirst(first.count + 1).elementsEqual(domain.wire) else { return nil }
        return DNSName.text(of: first)
    }

    static func text(of label: ArraySlice<UInt8>) -> String {
        var text = ""
        for byte in label {
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "\\") {
                text += "\\" + String(UnicodeScalar(byte))
            } else if (0x21...0x7E).contains(byte) {
                text.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                text += "\\\(byte / 100)\(byte / 10 % 10)\(byte % 10)"
            }
        }
        return text
    }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension DNSName: CustomStringConvertible {
    /// Labels joined by dots, without the final one; odd bytes as `\DDD` (RFC 1035, section 5.1). The root is `.`.
    package var description: String {
        isRoot ? "." : labels.map(DNSName.text(of:)).joined(separator: ".")
    }
}
