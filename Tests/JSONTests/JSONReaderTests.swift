import Foundation
import JSON
import Service
import Testing

struct JSONReaderTests {
    /// Reads a whole document and tells where its value stands.
    private func skip(_ text: String) throws(JSONFault) -> Range<Int> { try skip(Array(text.utf8)) }

    private func skip(_ bytes: [UInt8]) throws(JSONFault) -> Range<Int> {
        var reader = JSONReader(bytes)
        let range = try reader.skip()
        try reader.end()
        return range
    }

    @Test(arguments: [
        "{}", "[]", "\"\"", "0", "-0", "10", "-1.5e+3", "1E9", "0.0", "2e-2", "true", "false", "null",
        #"{"a":[1,{"b":null},[]],"c":{}}"#, #""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00""#, "\"é🎉\u{7F}\"",
        "99999999999999999999999999e999",
    ])
    func `a document of any kind is read from end to end`(text: String) throws {
        #expect(try skip(text) == 0..<text.utf8.count)
        #expect(try skip(" \t\r\n\(text) ") == 4..<4 + text.utf8.count)
    }

    @Test(arguments: [
        "", " ", "{", "[", "]", "}", "[1,]", "[,1]", "[1 2]", "[1]]", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#,
        #"{"a":1 "b":2}"#, "{a:1}", "{'a':1}", "{1:2}", #"{"a" 1}"#, "[}", "{]", #"{"a":1]"#, "tru", "True", "nul",
        "truefalse", "nullx", "NaN", "Infinity", "-Infinity", "+1", "01", "-", "-01", "1.", ".5", "1e", "1e+", "1.e1",
        "0x1", "1_0", "1 1", "\"", "\"\\\"", "\"\n\"", "\"\t\"", "\"\u{0}\"", "\"\u{1F}\"", #""\x""#, #""\u12""#,
        #""\u12g4""#, #""\uD800""#, #""\uD800x""#, #""\uD800\n""#, #""\uD800\u0041""#, #""\uDC00""#,
        #""\uDC00\uD800""#, "\u{FEFF}1", "// x\n1", "1//", "\u{A0}1",
    ])
    func `what RFC 8259 does not allow is an error`(text: String) {
        #expect(throws: JSONFault.self) { try skip(text) }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x9F, 0xBF], [0xE2, 0x82],
            [0xED, 0xA0, 0x80],
            [0xEF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
            [0xF0, 0x9F, 0x8E], [0xE2, 0x82, 0x28], [0xF0, 0x9F, 0x28, 0x89],
        ] as [[UInt8]])
    func `text that is not UTF-8 is an error`(bytes: [UInt8]) {
        #expect(throws: JSONFault.self) { try skip([0x22] + bytes + [0x22]) }
        #expect(throws: JSONFault.self) { try skip([0x22] + bytes) }
    }

    @Test func `every character reads back as itself, written and escaped`() throws {
        for value in stride(from: UInt32(0), through: 0x10FFFF, by: 61) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let escaped = String(scalar).utf16.map { "\\u" + String(0x10000 + Int($0), radix: 16).dropFirst() }.joined()
            for content in value < 0x20 || value == 0x22 || value == 0x5C ? [escaped] : [escaped, String(scalar)] {
                var reader = JSONReader(Array("\"\(content)\"".utf8))
                let text = try reader.text()
                #expect(Array(reader.string(text).unicodeScalars) == [scalar])
                #expect(reader.unescaped(text) == Array(String(scalar).utf8))
            }
        }
    }

    @Test func `an object is read member by member`() throws {
        var reader = JSONReader(
            Array(#" {"name" : "a\nb", "more": {"x": [1, {"y": 2}]}, "on": true, "no": null} "#.utf8))
        try reader.beginObject()
        #expect(try reader.nextName().map(reader.string) == "name")
        #expect(reader.kind() == .text)
        #expect(reader.string(try reader.text()) == "a\nb")
        #expect(try reader.nextName().map(reader.string) == "more")
        let range = try reader.skip()
        #expect(String(decoding: reader.bytes[range], as: UTF8.self) == #"{"x": [1, {"y": 2}]}"#)
        #expect(try reader.nextName().map(reader.string) == "on")
        #expect(try reader.bool())
        #expect(try reader.nextName().map(reader.string) == "no")
        try reader.null()
        #expect(try reader.nextName() == nil)
        try reader.end()
    }

    @Test func `what ends a stretch of plain text is found wherever it stands`() throws {
        for count in 0..<20 {
            let plain = String(repeating: "x", count: count)
            for more in ["", "~ !#[]", "é", "\u{7F}", "\u{10FFFF}y"] {
                let bytes = Array("\"\(plain)\(more)\(plain)\"".utf8)
                var reader = JSONReader(bytes)
                let text = try reader.text()
                #expect(reader.string(text) == plain + more + plain && !text.hasEscapes)
                try reader.end()
            }
            var reader = JSONReader(Array("\"\(plain)\\n\(plain)\"".utf8))
            #expect(reader.string(try reader.text()) == plain + "\n" + plain)
            for byte in [0, 0x0A, 0x1F, 0x80, 0xFF] as [UInt8] {
                var reader = JSONReader([0x22] + Array(plain.utf8) + [byte] + Array("\(plain)xxxxxxxxx\"".utf8))
                #expect(throws: JSONFault.self) { try reader.text() }
            }
        }
    }

    @Test func `an array is read element by element`() throws {
        var reader = JSONReader(Array("[1.5e3, [], \"x\", false]".utf8))
        try reader.beginArray()
        #expect(try reader.nextElement())
        #expect(try reader.number() == 1..<6)
        #expect(try reader.nextElement())
        try reader.beginArray()
        #expect(try !reader.nextElement())
        #expect(try reader.nextElement())
        #expect(reader.string(try reader.text()) == "x")
        #expect(try reader.nextElement())
        #expect(try !reader.bool())
        #expect(try !reader.nextElement())
        try reader.end()
    }

    @Test func `only the part given is read`() throws {
        let bytes = Array(#"{"a":1}x{"b":"é"}"#.utf8)
        var reader = JSONReader(bytes, in: 8..<bytes.count)
        #expect(try reader.skip() == 8..<bytes.count)
        var cut = JSONReader(bytes, in: 8..<bytes.count - 4)
        #expect(throws: JSONFault.self) { try cut.skip() }
    }

    @Test func `an error says what was expected and where`() {
        #expect(throws: JSONFault.expected("a comma or ]", byte: 4)) { try skip("[1 2]") }
        #expect(throws: JSONFault.expected("nothing more", byte: 4)) { try skip("{} 1") }
        var later = JSONReader(Array("12345[x".utf8), in: 5..<7)
        #expect(throws: JSONFault.expected("a value", byte: 2)) { try later.skip() }
        #expect(JSONFault.expected("a value", byte: 2).description == "expected a value at byte 2")
    }

    @Test func `a value of another kind is an error`() {
        var reader = JSONReader(Array("[]".utf8))
        #expect(throws: JSONFault.expected("an object", byte: 1)) { try reader.beginObject() }
        #expect(throws: JSONFault.expected("text in quotation marks", byte: 1)) { try reader.text() }
        #expect(throws: JSONFault.expected("true or false", byte: 1)) { try reader.bool() }
        #expect(throws: JSONFault.expected("a digit", byte: 1)) { try reader.number() }
    }

    @Test func `sixty-four levels are read and one more is an error`() throws {
        #expect(try skip(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) == 0..<128)
        #expect(throws: JSONFault.expected("at most 64 levels", byte: 65)) {
            try skip(String(repeating: "[", count: 1_000_000))
        }
    }

    @Test func `what is read of a damaged document is JSON to Foundation, too`() throws {
        let document = Array(#"{"a":[1,-2.5e3,"x\u00e9\n",null],"b":{"c":true,"d":"é🎉"},"e":[]}"#.utf8)
        var generator = Dice(7)
        var accepted = 0
        for _ in 0..<5_000 {
            var bytes = document
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = bytes.indices.randomElement(using: &generator)!
                bytes[index] = document.randomElement(using: &generator)!
            }
            guard (try? skip(bytes)) != nil else { continue }
            accepted += 1
            let options: JSONSerialization.ReadingOptions = .fragmentsAllowed
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(bytes), options: options) }
        }
        #expect(accepted > 50)
    }
}

/// Random numbers that are the same in every run.
private struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 33
    }
}
