/// An address and a UDP or TCP port.
package struct Endpoint: Hashable, Sendable {
    package var address: IPAddress
    package var port: UInt16

    package init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Reads `10.0.0.1:80` or `[2001:db8::1]:80`; nil for anything else.
    package init?(_ text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(decimal: text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        let isBracketed = host.first == "[" && host.last == "]"
        if isBracketed { host = host.dropFirst().dropLast() }
        guard let address = IPAddress(host), isBracketed == host.contains(":") else { return nil }
        self.init(address: address, port: port)
    }
}

extension Endpoint: Comparable {
    package static func < (left: Endpoint, right: Endpoint) -> Bool {
        (left.address, left.port) < (right.address, right.port)
    }
}

extension Endpoint: CustomStringConvertible {
    package var description: String {
        address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
    }
}

extension FixedWidthInteger {
    /// Reads ASCII digits only: no sign, no space, nothing empty; nil also when the value does not fit.
    package init?(decimal text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        self.init(text, radix: 10)
    }
}
