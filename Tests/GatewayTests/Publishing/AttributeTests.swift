import Service
import Testing
import Wire

@testable import Gateway

struct AttributeTests {
    @Test(arguments: ["", "Upper", "a b", "é", "a:b", "a/b", String(repeating: "x", count: 65)])
    func `a name beyond what travels is refused`(name: String) {
        var attributes = Attributes()
        let fault = #expect(throws: DraftFault.self) { try attributes.add(checking: name, "x") }
        #expect(fault?.code == .invalidAttribute)
        #expect(fault?.message.hasSuffix("is not possible; expected 1 to 64 of a-z, 0-9, -, _ and .") == true)
    }

    @Test(arguments: ["a\nb", "\0", "\u{1B}[0m", "\t", "\u{7F}", "\u{85}"])
    func `a value with a control character is refused`(value: String) {
        var attributes = Attributes()
        #expect(throws: DraftFault.self) { try attributes.add(checking: "a", value) }
    }

    @Test func `a control character is named by its code point`() {
        var attributes = Attributes()
        let fault = #expect(throws: DraftFault.self) { try attributes.add(checking: "a", "x\n") }
        #expect(fault?.message == #"attribute "a" holds the control character U+000A"#)
    }

    @Test func `a name given twice is refused`() throws {
        var attributes = Attributes()
        try attributes.add(checking: "a", "1")
        let fault = #expect(throws: DraftFault.self) { try attributes.add(checking: "a", "1") }
        #expect(fault?.message == #"attribute "a" is given more than once; give it once"#)
    }

    @Test func `a hundred and twenty-eight attributes are taken and one more is refused`() throws {
        var attributes = Attributes()
        for index in 0..<128 { try attributes.add(checking: "a\(index)", "") }
        #expect(throws: DraftFault.self) { try attributes.add(checking: "b", "") }
    }

    @Test func `attributes of 65535 bytes are taken and one more byte is refused`() throws {
        var attributes = Attributes()
        // Three bytes are the lengths of name and value.
        try attributes.add(checking: "a", String(repeating: "x", count: 65_535 - 4))
        #expect(attributes.byteCount == 65_535)
        var more = Attributes()
        let fault = #expect(throws: DraftFault.self) {
            try more.add(checking: "a", String(repeating: "x", count: 65_535 - 3))
        }
        #expect(fault?.message.contains("65535 bytes") == true)
    }
}
