import Records
import Testing

struct LabelTests {
    @Test func `a label has 1 to 256 bytes`() throws {
        #expect(throws: LabelFault.empty) { try Label("") }
        #expect(throws: LabelFault.empty) { try Label(utf8: []) }
        #expect(try Label(String(repeating: "ä", count: 128)).text.utf8.count == 256)
        #expect(throws: LabelFault.tooLong(bytes: 257)) { try Label(String(repeating: "ä", count: 128) + "a") }
        #expect(throws: LabelFault.tooLong(bytes: 257)) { try Label(utf8: [UInt8](repeating: 0xFF, count: 257)) }
    }

    @Test(
        arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0x61, 0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
    func `bytes that are not UTF-8 are no label`(bytes: [UInt8]) {
        #expect(throws: LabelFault.notUTF8) { try Label(utf8: bytes) }
    }

    @Test func `a zero byte is part of a label`() throws {
        let label = try Label(utf8: [0x61, 0, 0x62])
        #expect(label.text.utf8.elementsEqual([0x61, 0, 0x62]))
        #expect(try label != Label("a"))
    }

    @Test func `spellings that Unicode holds equal are different labels`() throws {
        let composed = try Label("\u{E9}")
        let decomposed = try Label("e\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(decomposed < composed)
        // The Kelvin sign is a letter of ASCII to Unicode; and both spellings of the second pair have three bytes.
        #expect(try Label("\u{212A}") != Label("K"))
        #expect(try Label("\u{212B}") != Label("A\u{30A}"))
    }

    @Test func `faults stand after the name of what is at fault`() {
        #expect("key \(LabelFault.tooLong(bytes: 300))" == "key of 300 bytes exceeds the limit of 256")
        #expect("key \(LabelFault.notUTF8)" == "key is not UTF-8")
        #expect("key \(LabelFault.empty)" == "key is empty; expected 1 to 256 bytes of UTF-8")
    }
}
