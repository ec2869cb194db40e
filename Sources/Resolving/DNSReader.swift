/// Reads the parts of a DNS message, in order, within its bounds.
///
/// Every read either succeeds or throws; no byte of the message can make it read outside or go on without end.
struct DNSReader {
    let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func take(_ count: Int) throws(DNSFault) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw .malformed("ends early") }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    mutating func uint16() throws(DNSFault) -> UInt16 {
        try take(2).reduce(0) { $0 << 8 | UInt16($1) }
    }

    mutating func uint32() throws(DNSFault) -> UInt32 {
        try take(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func uint128() throws(DNSFault) -> UInt128 {
        try take(16).reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// Reads a name, following compression pointers (RFC 1035, section 4.1.4).
    ///
    /// A pointer must lead to before the place it was reached from, at most 127 are followed, and a name ends at 255
    /// bytes: the work is bounded whatever the message says.
    mutating func name() throws(DNSFault) -> DNSName {
        var wire: [UInt8] = []
        var cursor = position
        var start = position
        var endOfName: Int?
        var pointers = 0
        while true {
            guard cursor < bytes.count else { throw .malformed("ends inside a name") }
            let length = Int(bytes[cursor])
            switch length & 0xC0 {
            case 0x00:
                let end = cursor + 1 + length
                guard end <= bytes.count else { throw .malformed("ends inside a name") }
                wire.append(UInt8(length))
                for byte in bytes[(cursor + 1)..<end] { wire.append(DNSName.lowercased(byte)) }
                guard wire.count <= 255 else { throw .malformed("name longer than 255 bytes") }
                cursor = end
                if length == 0 {
                    position = endOfName ?? cursor
                    return DNSName(wire: wire)
                }
            case 0xC0:
                guard cursor + 1 < bytes.count else { throw .malformed("ends inside a name") }
                let destination = (length & 0x3F) << 8 | Int(bytes[cursor + 1])
                pointers += 1
                guard destination < start, pointers <= 127 else { throw .malformed("compression loop") }
                endOfName = endOfName ?? cursor + 2
                start = destination
                cursor = destination
            default:
                throw .malformed("unknown kind of label")
            }
        }
    }
}
