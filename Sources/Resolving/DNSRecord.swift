import Endpoints

/// The type of a record or question (RFC 1035, section 3.2.2).
package struct RecordType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let a = RecordType(rawValue: 1)
    package static let ns = RecordType(rawValue: 2)
    package static let cname = RecordType(rawValue: 5)
    package static let soa = RecordType(rawValue: 6)
    package static let aaaa = RecordType(rawValue: 28)
    package static let srv = RecordType(rawValue: 33)
    package static let opt = RecordType(rawValue: 41)
}

extension RecordType: CustomStringConvertible {
    package var description: String {
        switch self {
        case .a: "A"
        case .aaaa: "AAAA"
        case .cname: "CNAME"
        case .srv: "SRV"
        default: "TYPE\(rawValue)"
        }
    }
}

/// What is asked of a nameserver; the class is always IN.
package struct DNSQuestion: Hashable, Sendable {
    package var name: DNSName
    package var type: RecordType

    package init(name: DNSName, type: RecordType) {
        self.name = name
        self.type = type
    }
}

/// One record of class IN (or the OPT pseudo-record), as far as memberships need it.
package struct DNSRecord: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case address(IPAddress)
        case alias(DNSName)
        case service(port: UInt16, target: DNSName)
        case other
    }

    package var name: DNSName
    package var type: RecordType

    /// Seconds as sent, except that a value with its top bit set is 0 (RFC 2181, section 8).
    package var timeToLive: UInt32

    package var content: Content
}

extension DNSReader {
    /// Reads a record; nil for one of another class than IN.
    mutating func record() throws(DNSFault) -> DNSRecord? {
        let name = try name()
        let type = RecordType(rawValue: try uint16())
        let recordClass = try uint16()
        let timeToLive = try uint32()
        let length = Int(try uint16())
        guard length <= bytes.count - position else { throw .malformed("ends inside a record") }
        let end = position + length
        // OPT keeps flags where others keep their class and TTL (RFC 6891, section 6.1.2).
        guard recordClass == 1 || type == .opt else {
            _ = try take(length)
            return nil
        }
        let content: DNSRecord.Content
        switch type {
        case .a where length == 4: content = .address(IPAddress(v4: try uint32()))
        case .aaaa where length == 16: content = .address(IPAddress(bits: try uint128()))
        case .cname: content = .alias(try self.name())
        case .srv:
            // Priority and weight choose one server among many; a fan-out means all of them.
            _ = try uint32()
            content = .service(port: try uint16(), target: try self.name())
        default:
            content = .other
            _ = try take(length)
        }
        guard position == end, content != .other || (type != .a && type != .aaaa) else {
            throw .malformed("\(type) record of a wrong length")
        }
        let isValid = type == .opt || timeToLive >> 31 == 0
        return DNSRecord(name: name, type: type, timeToLive: isValid ? timeToLive : 0, content: content)
    }
}
