import Glibc

/// An IPv4 or IPv6 address.
///
/// Kept as the 128 bits of IPv6, an IPv4 address as its v4-mapped form (RFC 4291, section 2.5.5.2), which is also what
/// a dual-stack socket is given. `::ffff:10.0.0.1` and `10.0.0.1` are therefore the same address.
package struct IPAddress: Hashable, Sendable {
    /// Most significant byte first.
    package var bits: UInt128

    package init(bits: UInt128) {
        self.bits = bits
    }

    package init(v4: UInt32) {
        bits = UInt128(0xFFFF) << 32 | UInt128(v4)
    }

    /// Reads `10.0.0.1` or `2001:db8::1`; nil for anything else, zones (`%eth0`) and brackets included.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        guard !text.utf8.contains(0) else { return nil }
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self.init(v4: UInt32(bigEndian: v4.s_addr))
            return
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        self.init(bits: withUnsafeBytes(of: v6) { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) })
    }

    package var isIPv4: Bool { bits >> 32 == 0xFFFF }

    /// The 32 bits of an IPv4 address, host byte order; meaningless for IPv6.
    package var v4: UInt32 { UInt32(truncatingIfNeeded: bits) }

    package var isUnspecified: Bool { bits == 0 || bits == UInt128(0xFFFF) << 32 }

    package var isLoopback: Bool { isIPv4 ? v4 >> 24 == 127 : bits == 1 }

    package var isMulticast: Bool { isIPv4 ? v4 >> 28 == 0xE : bits >> 120 == 0xFF }

    package static let anyIPv4 = IPAddress(v4: 0)
    package static let anyIPv6 = IPAddress(bits: 0)
    package static let loopback = IPAddress(v4: 0x7F00_0001)
}

extension IPAddress: Comparable {
    package static func < (left: IPAddress, right: IPAddress) -> Bool { left.bits < right.bits }
}

extension IPAddress: CustomStringConvertible {
    /// The text form of RFC 5952, IPv4 in dotted decimal.
    package var description: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            if isIPv4 {
                var address = in_addr(s_addr: v4.bigEndian)
                inet_ntop(AF_INET, &address, buffer.baseAddress, socklen_t(buffer.count))
            } else {
                var address = bits.bigEndian
                inet_ntop(AF_INET6, &address, buffer.baseAddress, socklen_t(buffer.count))
            }
            return buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
    }
}
