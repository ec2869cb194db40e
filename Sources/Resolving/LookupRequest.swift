import Endpoints

/// What a topic wants resolved: a headless service's name, its port, and which addresses.
package struct LookupRequest: Hashable, Sendable {
    /// As given; a final dot says that no search domain may be added.
    package let name: String
    package let port: LookupPort
    package let family: AddressFamilyRule

    let parsedName: DNSName

    /// Throws when no nameserver could ever answer for `name` and `port`.
    package init(name: String, port: LookupPort, family: AddressFamilyRule = .auto) throws(ResolvingError) {
        guard IPAddress(name) == nil else {
            throw .invalidName(name, because: "it is an address; list addresses with static://")
        }
        guard let parsedName = DNSName(name) else { throw LookupRequest.fault(of: name) }
        if case .number(0) = port { throw .invalidPort("0") }
        if case .named(let word) = port {
            guard let prefix = LookupPort.serviceName(of: word) else { throw .invalidPort(word) }
            guard prefix.under(parsedName) != nil else {
                throw .invalidName(name, because: "with _\(word)._udp. in front it exceeds 253 bytes")
            }
        }
        self.name = name
        self.port = port
        self.family = family
        self.parsedName = parsedName
    }

    var isAbsolute: Bool { name.utf8.last == UInt8(ascii: ".") }

    private static func fault(of name: String) -> ResolvingError {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let count = name.utf8.count - (name.hasSuffix(".") ? 1 : 0)
        if name.isEmpty { return .invalidName(name, because: "it is empty") }
        if count > 253 { return .invalidName(name, because: "it has \(count) bytes of at most 253") }
        if labels.dropLast().contains("") || labels.last == "" && labels.count == 1 {
            return .invalidName(name, because: "it has an empty label")
        }
        if let long = labels.first(where: { $0.utf8.count > 63 }) {
            return .invalidName(name, because: "a label has \(long.utf8.count) bytes of at most 63")
        }
        return .invalidName(name, because: "only letters, digits, - and _ may stand between the dots")
    }
}

/// Which port the members of a topic listen on.
package enum LookupPort: Hashable, Sendable {
    /// The same for all, 1 to 65,535.
    case number(UInt16)

    /// A named port of the service: each member's number, and its name, come from SRV records.
    case named(String)

    /// Reads `12000` or `udp`, as they stand in a topic's URL.
    package init(_ text: String) throws(ResolvingError) {
        if let number = UInt16(decimal: text), number != 0 {
            self = .number(number)
        } else if LookupPort.serviceName(of: text) != nil, !text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            self = .named(text)
        } else {
            throw .invalidPort(text)
        }
    }

    /// `_udp._udp` for the port named `udp` (RFC 2782).
    static func serviceName(of word: String) -> DNSName? {
        guard !word.isEmpty, !word.utf8.contains(UInt8(ascii: ".")) else { return nil }
        return DNSName("_\(word)._udp")
    }
}

/// Which addresses of a service are its members.
package enum AddressFamilyRule: String, Hashable, Sendable, CaseIterable {
    /// IPv4 if there are any, else IPv6: a dual-stack service lists both addresses of each pod, and sending to both
    /// would send everything twice.
    case auto
    case ipv4
    case ipv6
    case both

    /// The record types to ask for.
    var types: [RecordType] {
        switch self {
        case .auto, .both: [.a, .aaaa]
        case .ipv4: [.a]
        case .ipv6: [.aaaa]
        }
    }
}
