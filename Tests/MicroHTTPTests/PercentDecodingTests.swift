import MicroHTTP
import Testing

struct PercentDecodingTests {
    @Test(arguments: [
        ("", ""), ("orders", "orders"), ("a%20b", "a b"), ("%C3%A9", "é"), ("%c3%a9", "é"), ("%25", "%"),
        ("a+b", "a+b"),
        ("%2F%2f", "//"), ("é", "é"),
    ])
    func `text is decoded`(encoded: String, decoded: String) throws {
        #expect(try PercentDecoding.text(of: Array(encoded.utf8).span) == decoded)
    }

    @Test(arguments: ["%", "%2", "a%", "%zz", "%2z", "%z2", "%%20", "% 20", "%+1"])
    func `an escape without two digits is refused`(encoded: String) {
        #expect(throws: TargetFault.badEscape(in: encoded)) { try PercentDecoding.text(of: Array(encoded.utf8).span) }
    }

    @Test func `a zero byte is refused`() {
        #expect(throws: TargetFault.zeroByte(in: "a%00")) { try PercentDecoding.text(of: Array("a%00".utf8).span) }
    }

    @Test(arguments: ["%FF", "%C3", "%C3%28", "%ED%A0%80", "%C0%80", "%F8%88%80%80%80"])
    func `what is not UTF-8 is refused`(encoded: String) {
        #expect(throws: TargetFault.notUTF8(in: encoded)) { try PercentDecoding.text(of: Array(encoded.utf8).span) }
    }

    @Test(
        arguments: [
            ("", []), ("/", []), ("/publish", ["publish"]), ("/publish/orders", ["publish", "orders"]),
            ("/publish/a%2Fb", ["publish", "a/b"]), ("/publish/", ["publish", ""]), ("//", ["", ""]), ("*", ["*"]),
        ] as [(String, [String])])
    func `a path is split before it is decoded`(path: String, parts: [String]) throws {
        #expect(try PercentDecoding.pathParts(of: Array(path.utf8).span) == parts)
    }

    @Test func `random bytes are decoded or refused`() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("%%%%0aF+/&=\u{0}\u{80}é".utf8) + [0xFF]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            let text = try? PercentDecoding.text(of: bytes.span)
            #expect(text?.utf8.contains(0) != true)
            _ = try? QueryItems(bytes.span)
            _ = try? PercentDecoding.pathParts(of: bytes.span)
        }
    }
}

struct QueryItemsTests {
    @Test(
        arguments: [
            ("", []), ("a", [("a", nil)]), ("a=", [("a", "")]), ("a=1&b=2", [("a", "1"), ("b", "2")]),
            ("a=1&a=2", [("a", "1"), ("a", "2")]), ("a=b=c", [("a", "b=c")]), ("x=1+2%2B", [("x", "1 2+")]),
            ("&&a=1&", [("a", "1")]), ("=v", [("", "v")]), ("%26=%3D", [("&", "=")]),
        ] as [(String, [(String, String?)])])
    func `a query is split before it is decoded`(query: String, items: [(String, String?)]) throws {
        let decoded = try QueryItems(Array(query.utf8).span)
        #expect(decoded.items == items.map { QueryItems.Item(name: $0.0, value: $0.1) })
    }

    @Test func `repeated names keep their order`() throws {
        let query = try QueryItems(Array("a=1&b=2&a=3&a".utf8).span)
        #expect(query.values(of: "a") == ["1", "3", nil])
    }

    @Test func `a bad escape in a query is refused`() {
        #expect(throws: TargetFault.badEscape(in: "%zz")) { try QueryItems(Array("a=1&b=%zz".utf8).span) }
    }

    @Test(arguments: [false, true])
    func `what holds no escape is checked all the same`(plusIsSpace: Bool) throws {
        func text(of bytes: [UInt8]) throws -> String {
            try PercentDecoding.text(of: bytes.span, plusIsSpace: plusIsSpace)
        }
        #expect(try text(of: []) == "")
        #expect(try text(of: Array("päth".utf8)) == "päth")
        #expect(try text(of: [0x61, 0x2B]) == (plusIsSpace ? "a " : "a+"))
        #expect(throws: TargetFault.notUTF8(in: "\u{FFFD}")) { try text(of: [0xFF]) }
        #expect(throws: TargetFault.zeroByte(in: "a\0")) { try text(of: [0x61, 0]) }
        #expect(throws: TargetFault.zeroByte(in: "\u{FFFD}\0")) { try text(of: [0xFF, 0]) }
    }
}
