import Endpoints
import Service

/// Where the membership of a topic comes from.
package enum TopicSource: Hashable, Sendable {
    /// The addresses of a DNS name, asked for again and again: `dns://headless-udp.shop.svc.cluster.local:12000`.
    case dns(name: String, port: Port)
    /// Endpoints that never change: `static://10.0.0.1:12000,[2001:db8::1]:12000`.
    case `static`([Endpoint])

    package enum Port: Hashable, Sendable {
        case number(UInt16)
        /// The name of a Service's port: SRV records of `_NAME._udp` tell each endpoint's port.
        case named(String)
    }

    fileprivate static let expected = "dns://NAME:PORT, dns://NAME:PORTNAME or static://ADDRESS:PORT,ADDRESS:PORT"
}

extension TopicSource: CustomStringConvertible {
    /// The URL that reads back as the same source.
    package var description: String {
        switch self {
        case .dns(let name, .number(let port)): "dns://\(name):\(port)"
        case .dns(let name, .named(let port)): "dns://\(name):\(port)"
        case .static(let endpoints): "static://" + endpoints.map(\.description).joined(separator: ",")
        }
    }
}

extension ValueFormat where Value == TopicSource {
    static var source: Self {
        ValueFormat { (text: String) throws(Expected) -> TopicSource in
            guard let scheme = text.firstRange(of: "://") else { throw Expected(TopicSource.expected) }
            let rest = text[scheme.upperBound...]
            switch text[..<scheme.lowerBound] {
            case "dns": return try dnsSource(rest)
            case "static": return .static(try staticEndpoints(rest))
            default: throw Expected(TopicSource.expected)
            }
        } text: { value in
            value.description
        }
    }
}

private func dnsSource(_ text: Substring) throws(Expected) -> TopicSource {
    guard let colon = text.lastIndex(of: ":") else { throw Expected("dns://NAME:PORT or dns://NAME:PORTNAME") }
    let name = text[..<colon]
    let port = text[text.index(after: colon)...]
    let bare = name.hasPrefix("[") && name.hasSuffix("]") ? name.dropFirst().dropLast() : name
    guard IPAddress(bare) == nil else {
        throw Expected("a DNS name after dns://; for addresses write static://\(text)")
    }
    guard isDNSName(name) else { throw Expected("a DNS name after dns://") }
    if let number = UInt16(decimal: port), number > 0 { return .dns(name: String(name), port: .number(number)) }
    guard isPortName(port) else { throw Expected("a port from 1 to 65535, or the name of one, after dns://NAME:") }
    return .dns(name: String(name), port: .named(String(port)))
}

private func staticEndpoints(_ text: Substring) throws(Expected) -> [Endpoint] {
    var endpoints: [Endpoint] = []
    var known: Set<Endpoint> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let endpoint = Endpoint(part), endpoint.port > 0, !endpoint.address.isUnspecified else {
            throw Expected(
                "ADDRESS:PORT, a port from 1 to 65535, instead of \(part.quoted), "
                    + "like 10.0.0.1:12000 or [2001:db8::1]:12000"
            )
        }
        guard known.insert(endpoint).inserted else {
            throw Expected("every endpoint once, but \(endpoint) comes twice")
        }
        endpoints.append(endpoint)
    }
    return endpoints
}

/// Labels of 1 to 63 letters, digits, hyphens and underscores, at most 253 bytes in all; one dot may end the name.
///
/// A last label of digits alone would make an address of it (RFC 1123, section 2.1).
private func isDNSName(_ text: Substring) -> Bool {
    let name = text.hasSuffix(".") ? text.dropLast() : text
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard name.utf8.count <= 253, UInt64(decimal: labels.last ?? "") == nil else { return false }
    return labels.allSatisfy { label in
        (1...63).contains(label.utf8.count)
            && label.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }
}

/// The name of a port of a Kubernetes Service: letters, digits and hyphens, a letter among them, as in `udp`.
///
/// One byte of the 63 that a DNS label holds goes to the underscore before it.
private func isPortName(_ text: Substring) -> Bool {
    (1...62).contains(text.utf8.count)
        && text.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
        && text.contains(where: \.isLetter)
}

extension UInt8 {
    /// Whether the byte is an ASCII letter or digit.
    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
