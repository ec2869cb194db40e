import Endpoints
import Testing

struct EndpointTests {
    @Test(arguments: [
        "10.0.0.1:80", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:0", "[::]:65535", "[2001:db8::1]:8080",
    ])
    func `an endpoint is printed as it was read`(_ text: String) throws {
        #expect(try #require(Endpoint(text)).description == text)
    }

    @Test(arguments: [
        ("[::ffff:10.0.0.1]:80", "10.0.0.1:80"),
        ("10.0.0.1:080", "10.0.0.1:80"),
        ("[2001:DB8:0::1]:1", "[2001:db8::1]:1"),
    ])
    func `another spelling is the same endpoint`(_ text: String, _ expected: String) throws {
        #expect(try #require(Endpoint(text)).description == expected)
    }

    @Test(arguments: [
        "", ":", "::", ":80", "80", "10.0.0.1", "10.0.0.1:", "10.0.0.1:65536", "10.0.0.1:99999999999999999999",
        "10.0.0.1:-1", "10.0.0.1:+1", "10.0.0.1: 80", "10.0.0.1:80 ", " 10.0.0.1:80", "10.0.0.1 :80", "10.0.0.1:80\n",
        "10.0.0.1:8_0", "10.0.0.1:0x50", "10.0.0.1:٨٠", "10.0.0.1:80\u{0}", "10.0.0.1:8\u{301}0", "10.0.0.1:80:80",
        "[10.0.0.1]:80", "::1:80", "2001:db8::1:80", "[::1]", "[::1]:", "[::1]80", "[::1:80", "::1]:80", "[]:80",
        "[:80",
        "]:80", "[[::1]]:80", "[::1]:80]", "[::1%lo]:80", "[::1 ]:80", "localhost:80", "é:80",
    ])
    func `garbage is no endpoint`(_ text: String) {
        #expect(Endpoint(text) == nil)
    }

    @Test func `part of a longer text is read`() throws {
        #expect(Endpoint("at 10.0.0.1:80".dropFirst(3)) == Endpoint("10.0.0.1:80"))
    }

    @Test func `endpoints sort by address and then by port`() throws {
        let texts = ["[::1]:9", "1.2.3.4:5", "1.2.3.4:70", "9.0.0.0:1", "10.0.0.0:1", "[2001:db8::]:1"]
        let endpoints = try texts.map { try #require(Endpoint($0)) }
        #expect(endpoints.reversed().sorted() == endpoints)
    }

    @Test func `text that bytes at random make is refused or printed back`() {
        var generator = SplitMix(state: 11)
        let alphabet = Array("0123456789abf.::[]% -")
        for _ in 0..<50_000 {
            let text = String(
                (0..<Int.random(in: 0...20, using: &generator)).map { _ in
                    alphabet.randomElement(using: &generator) ?? ":"
                })
            guard let endpoint = Endpoint(text) else { continue }
            #expect(Endpoint(endpoint.description) == endpoint)
        }
    }
}

struct DecimalTests {
    @Test(arguments: [("0", UInt8(0)), ("7", 7), ("255", 255), ("0000000255", 255)])
    func `digits are a number`(_ text: String, _ expected: UInt8) {
        #expect(UInt8(decimal: text) == expected)
    }

    @Test(arguments: [
        "", "256", "-0", "+1", " 1", "1 ", "1.0", "1e1", "0x1", "١", "1\u{0}", "99999999999999999999999999",
    ])
    func `anything else is none`(_ text: String) {
        #expect(UInt8(decimal: text) == nil)
    }

    @Test func `the largest value fits and one more does not`() {
        #expect(Int64(decimal: "9223372036854775807") == .max)
        #expect(Int64(decimal: "9223372036854775808") == nil)
    }
}
