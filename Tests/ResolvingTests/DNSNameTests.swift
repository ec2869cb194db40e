import Testing

@testable import Resolving

struct DNSNameTests {
    @Test func `a name is the same in capitals and with a final dot`() {
        #expect(DNSName("Headless-UDP.Shop.svc.") == DNSName("headless-udp.shop.svc"))
    }

    @Test func `a name is written as it was read`() {
        #expect(DNSName("_udp._udp.headless-0.shop")?.description == "_udp._udp.headless-0.shop")
    }

    @Test(arguments: ["", ".", "..", "a..b", ".a", "a b", "a\u{0}b", "ä.de", "a/b", String(repeating: "a", count: 64)])
    func `a text that is no name is not read`(text: String) {
        #expect(DNSName(text) == nil)
    }

    @Test func `253 bytes are a name and 254 are not`() {
        let labels = String(repeating: String(repeating: "a", count: 62) + ".", count: 4)
        #expect(DNSName(labels + "b")?.wire.count == 255)
        #expect(DNSName(labels + "bb") == nil)
    }

    @Test func `a name under a domain that makes it too long is none`() throws {
        let long = try #require(
            DNSName(Array(repeating: String(repeating: "a", count: 62), count: 4).joined(separator: ".")))
        #expect(long.under(try #require(DNSName("b"))) != nil)
        #expect(long.under(try #require(DNSName("bb"))) == nil)
    }

    @Test func `odd bytes of a label are written as numbers`() {
        let name = DNSName(wire: [4, 0, 0x2E, 0xFF, 0x61, 0])
        #expect(name.description == "\\000\\.\\255a")
        #expect(!name.isPlain)
    }

    @Test func `a pod's name is the label below the service's name`() throws {
        let service = try #require(DNSName("headless.shop"))
        #expect(DNSName("pod-0.headless.shop")?.label(below: service) == "pod-0")
        #expect(DNSName("x.pod-0.headless.shop")?.label(below: service) == nil)
        #expect(DNSName("pod-0.other.shop")?.label(below: service) == nil)
    }
}
