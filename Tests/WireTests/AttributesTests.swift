import Testing

@testable import Wire

struct AttributesTests {
    /// For #expect, which calls nothing that mutates.
    private func add(_ name: String, _ value: String, to attributes: inout Attributes) -> Bool {
        attributes.add(name, value)
    }

    @Test func `attributes are read back in order`() throws {
        var attributes = Attributes()
        #expect(add("content-type", "text/plain", to: &attributes))
        #expect(add("x", "", to: &attributes))
        #expect(add("ce-type", "größer", to: &attributes))
        #expect(Attributes(attributes.encoded) == attributes)
        #expect(attributes.encoded.count == attributes.byteCount)
        #expect(attributes["ce-type"] == "größer")
        #expect(Attributes([UInt8]())?.isEmpty == true)
    }

    @Test(arguments: ["", "Name", "a b", "ä", "a\n", String(repeating: "x", count: 65)])
    func `a name that is not allowed is refused`(name: String) {
        var attributes = Attributes()
        #expect(!add(name, "x", to: &attributes))
        #expect(attributes.isEmpty)
    }

    @Test func `a name stands once and the whole is bounded`() {
        var attributes = Attributes()
        #expect(add("a", String(repeating: "x", count: 65_531), to: &attributes))
        #expect(!add("a", "", to: &attributes))
        #expect(!add("b", "", to: &attributes))
        #expect(attributes.byteCount == MessageHead.maximumAttributeBytes)
    }

    @Test(
        arguments: [
            [0], [1], [1, 0x61], [1, 0x61, 0], [1, 0x61, 0, 1], [1, 0x41, 0, 0],
            [65] + [UInt8](repeating: 0x61, count: 70),
            [1, 0x61, 0, 1, 0xFF], [1, 0x61, 0, 0, 1, 0x61, 0, 0], [1, 0x61, 0, 0, 9],
        ] as [[UInt8]]
    )
    func `malformed bytes are refused`(bytes: [UInt8]) {
        #expect(Attributes(bytes) == nil)
    }

    @Test func `names are looked up, and not held against all others, once there are many`() throws {
        let letters = Array("abcdefghijklmnopqrstuvwxyz".utf8)
        var bytes: [UInt8] = []
        for letter in letters.prefix(16) { bytes += [1, letter, 0, 0] }
        #expect(try #require(Attributes(bytes)).names.isEmpty)
        for first in letters.prefix(15) {
            for second in letters { for third in letters { bytes += [3, first, second, third, 0, 0] } }
        }
        let attributes = try #require(Attributes(bytes))
        #expect(attributes.names == Set(attributes.items.map(\.name)))
        #expect(attributes.names.count == 16 + 15 * 26 * 26)
    }

    @Test func `each of many names stands once`() {
        var names: [UInt8] = []
        for index in 0..<100 as Range<UInt8> { names += [2, 0x61 + index / 10, 0x61 + index % 10, 0, 0] }
        #expect(Attributes(names)?.items.count == 100)
        #expect(Attributes(names + [2, 0x61, 0x61, 0, 0]) == nil)
    }
}
