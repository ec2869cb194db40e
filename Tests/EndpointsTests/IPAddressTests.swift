import Endpoints
import Testing

struct IPAddressTests {
    @Test(arguments: [
        "0.0.0.0", "10.0.0.1", "127.0.0.1", "255.255.255.255", "::", "::1", "2001:db8::1", "fe80::1",
        "1:2:3:4:5:6:7:8", "1:0:3:4:5:6:7:8", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ])
    func `an address is printed as it was read`(_ text: String) throws {
        #expect(try #require(IPAddress(text)).description == text)
    }

    @Test(arguments: [
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("2001:0db8:0000::0001", "2001:db8::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("::FFFF:0a00:0001", "10.0.0.1"),
        ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
    ])
    func `another spelling is printed by RFC 5952`(_ text: String, _ expected: String) throws {
        #expect(try #require(IPAddress(text)).description == expected)
    }

    @Test(arguments: [
        "", " ", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "1.2.3.+4", "1.2.3.04", "1.2.3.4 ", " 1.2.3.4",
        "1.2.3.4\n", "1..3.4", "0x7f.0.0.1", "127.1", "2130706433", "١.٢.٣.٤", "1.2.3.4\u{0}", "::1\u{0}x", ":", ":::",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "::1%lo", "fe80::1%eth0", "[::1]",
        "::ffff:1.2.3.256", "::1.2.3.4.5", "localhost", "\u{FEFF}::1",
    ])
    func `garbage is no address`(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `a very long text is no address`() {
        #expect(IPAddress(String(repeating: "1", count: 1_000_000)) == nil)
        #expect(IPAddress(String(repeating: "0:", count: 500_000)) == nil)
    }

    @Test func `an IPv4 address equals its v4-mapped form`() throws {
        let plain = try #require(IPAddress("192.0.2.7"))
        let mapped = try #require(IPAddress("::ffff:192.0.2.7"))
        #expect(plain == mapped)
        #expect(plain.hashValue == mapped.hashValue)
        #expect(plain.isIPv4)
        #expect(plain.v4 == 0xC000_0207)
        #expect(plain.bits == 0xFFFF_C000_0207)
    }

    @Test func `a v4-compatible address stays IPv6`() throws {
        let address = try #require(IPAddress("::192.0.2.7"))
        #expect(!address.isIPv4)
        #expect(IPAddress(address.description) == address)
    }

    @Test(arguments: [("0.0.0.0", true), ("::", true), ("0.0.0.1", false), ("::1", false), ("127.0.0.1", false)])
    func `only the two unspecified addresses are unspecified`(_ text: String, _ expected: Bool) throws {
        #expect(try #require(IPAddress(text)).isUnspecified == expected)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.255.255.255", true), ("::1", true), ("128.0.0.1", false), ("126.255.255.255", false),
        ("::2", false), ("::7f00:1", false),
    ])
    func `loopback is 127 and one address of IPv6`(_ text: String, _ expected: Bool) throws {
        #expect(try #require(IPAddress(text)).isLoopback == expected)
    }

    @Test func `any address can be read back from its text`() {
        var generator = SplitMix(state: 7)
        for _ in 0..<5_000 {
            let bits = UInt128(generator.next()) << 64 | UInt128(generator.next())
            // Words of zeros and ones are where the text forms differ.
            let mask = UInt128(generator.next() & generator.next()) << 64 | UInt128(generator.next() & generator.next())
            for address in [IPAddress(bits: bits), IPAddress(bits: bits & mask), IPAddress(bits: mask >> 64)] {
                #expect(IPAddress(address.description) == address)
            }
            let v4 = IPAddress(v4: UInt32(truncatingIfNeeded: bits))
            #expect(IPAddress(v4.description) == v4)
        }
    }
}

/// A generator that gives the same numbers every time (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
