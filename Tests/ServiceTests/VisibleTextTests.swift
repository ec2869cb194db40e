import Service
import Testing

struct VisibleTextTests {
    @Test func `what does not show is escaped and what shows is left`() {
        #expect("é🎉 👩‍👧\u{1B}[0m\n\u{202E}\u{9B}".visible == #"é🎉 👩‍👧\u{1B}[0m\n\u{202E}\u{009B}"#)
    }

    @Test func `a quotation is cut`() {
        #expect(String(repeating: "x", count: 81).quoted == "\"\(String(repeating: "x", count: 80))…\"")
        #expect("a".quoted == "\"a\"")
    }
}
