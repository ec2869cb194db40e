import Testing

@testable import Resolving

struct LookupRequestTests {
    @Test(arguments: [
        ("", "it is empty"),
        ("a..b", "it has an empty label"),
        (".", "it has an empty label"),
        ("a b", "only letters, digits, - and _ may stand between the dots"),
        ("10.0.0.1", "it is an address; list addresses with static://"),
        (String(repeating: "a", count: 64), "a label has 64 bytes of at most 63"),
        (String(repeating: "a.", count: 128), "it has 255 bytes of at most 253"),
    ]) func `a name that nobody can answer for is refused with the reason`(name: String, reason: String) {
        #expect(throws: ResolvingError.invalidName(name, because: reason)) {
            try LookupRequest(name: name, port: .number(53))
        }
    }

    @Test func `port 0 is refused`() {
        #expect(throws: ResolvingError.invalidPort("0")) { try LookupRequest(name: "a", port: .number(0)) }
        #expect(throws: ResolvingError.invalidPort("0")) { try LookupPort("0") }
    }

    @Test(arguments: ["", "65536", "a.b", "-1 ", "a b"]) func `a text that is no port is refused`(text: String) {
        #expect(throws: ResolvingError.invalidPort(text)) { try LookupPort(text) }
    }

    @Test func `a port is a number or a name`() throws {
        #expect(try LookupPort("12000") == .number(12_000))
        #expect(try LookupPort("udp") == .named("udp"))
    }

    @Test func `a name that leaves no room for the port's is refused`() {
        let name = Array(repeating: String(repeating: "a", count: 62), count: 4).joined(separator: ".")
        #expect(throws: ResolvingError.self) { try LookupRequest(name: name, port: .named("udp")) }
    }
}
