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

    @Test func `very many attributes take time in proportion to their number`() throws {
        let letters = Array("abcdefghijklmnopqrstuvwxyz".utf8)
        var few: [UInt8] = []
        for letter in letters { few += [1, letter, 0, 0] }
        var many: [UInt8] = []
        for first in letters.prefix(15) {
            for second in letters { for third in letters { many += [3, first, second, third, 0, 0] } }
        }
        let ratio = try time(reading: many) / time(reading: few)
        // 10,140 of them after 26; if each were held against all others, this would be about 150,000.
        #expect(ratio < 4_000)
    }

    /// The shortest of some tries.
    private func time(reading bytes: [UInt8]) throws -> Double {
        let times = try (0..<5).map { _ in
            let start = ContinuousClock.now
            _ = try #require(Attributes(bytes))
            return ContinuousClock.now - start
        }
        return try #require(times.min()) / .nanoseconds(1)
    }

    @Test func `each of many names stands once`() {
        var names: [UInt8] = []
        for index in 0..<100 as Range<UInt8> { names += [2, 0x61 + index / 10, 0x61 + index % 10, 0, 0] }
        #expect(Attributes(names)?.items.count == 100)
        #expect(Attributes(names + [2, 0x61, 0x61, 0, 0]) == nil)
    }
}
