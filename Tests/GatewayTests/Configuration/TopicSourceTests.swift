import Endpoints
import Service
import Testing

@testable import Gateway

struct TopicSourceTests {
    private func fault(_ text: String) -> String? {
        do throws(Expected) {
            _ = try ValueFormat.source.parse(text)
            return nil
        } catch {
            return error.text
        }
    }

    @Test(arguments: [
        "dns://headless-udp.shop.svc.cluster.local:12000", "dns://x:1", "dns://x.:65535", "dns://a_b.c:udp",
        "dns://x:a1-b", "dns://10-42-0-1.y:80", "static://10.0.0.1:12000", "static://127.0.0.2:1,[2001:db8::1]:2",
        "static://255.255.255.255:9",
    ])
    func `a source is written back as it was read`(text: String) throws {
        #expect(try ValueFormat.source.parse(text).description == text)
    }

    @Test func `a port of digits is a number and any other a name`() throws {
        #expect(try ValueFormat.source.parse("dns://x:12000") == .dns(name: "x", port: .number(12_000)))
        #expect(try ValueFormat.source.parse("dns://x:udp") == .dns(name: "x", port: .named("udp")))
    }

    @Test(arguments: ["", "orders", "dns:/x:1", "http://x:1", "://x:1", "DNS://x:1", "static:1.2.3.4:5"])
    func `another scheme is refused with the known ones`(text: String) {
        #expect(fault(text) == "dns://NAME:PORT, dns://NAME:PORTNAME or static://ADDRESS:PORT,ADDRESS:PORT")
    }

    @Test(arguments: [
        "dns://x:0", "dns://x:65536", "dns://x:", "dns://x:99999999999999999999", "dns://x:u_p", "dns://x:-1",
    ])
    func `a port that cannot be is refused`(text: String) {
        #expect(fault(text) == "a port from 1 to 65535, or the name of one, after dns://NAME:")
    }

    @Test(arguments: [
        "dns://:1", "dns://.:1", "dns://a..b:1", "dns://.a:1", "dns://a b:1", "dns://ü:1", "dns://a/b:1", "dns://a\0:1",
        "dns://1.2.3:1", "dns://a:b:1",
    ])
    func `a name that cannot be is refused`(text: String) {
        #expect(fault(text) == "a DNS name after dns://")
    }

    @Test func `a name has at most 253 bytes in labels of at most 63`() {
        let label = String(repeating: "a", count: 63)
        #expect(fault("dns://\(label):1") == nil)
        #expect(fault("dns://\(label)a:1") != nil)
        #expect(fault("dns://\(label).\(label).\(label).\(label.dropLast(2)):1") == nil)
        #expect(fault("dns://\(label).\(label).\(label).\(label.dropLast()):1") != nil)
    }

    @Test(arguments: ["10.0.0.1:12000", "[::1]:12000"])
    func `an address after dns is told the other scheme`(text: String) {
        #expect(fault("dns://\(text)") == "a DNS name after dns://; for addresses write static://\(text)")
    }

    @Test(arguments: [
        "", "1.2.3.4", "1.2.3.4:0", "0.0.0.0:1", "[::]:1", "x:1", "::1:1", "1.2.3.4:5,", ",", "1.2.3.4:70000",
    ])
    func `a static endpoint that cannot be sent to is refused`(text: String) {
        #expect(fault("static://\(text)")?.contains("like 10.0.0.1:12000 or [2001:db8::1]:12000") == true)
    }

    @Test func `an endpoint that comes twice is refused, however it is written`() {
        let expected = "every endpoint once, but 10.0.0.1:5 comes twice"
        #expect(fault("static://10.0.0.1:5,[::ffff:10.0.0.1]:5") == expected)
    }

    @Test func `garbage ends in a source or a fault`() {
        let letters = Array("dns:/static,.[]019a-_?\0\u{FF}é ".unicodeScalars)
        for _ in 0..<2_000 {
            let text = String(String.UnicodeScalarView((0..<24).compactMap { _ in letters.randomElement() }))
            for prefix in ["", "dns://", "static://"] { _ = fault(prefix + text) }
        }
    }
}
