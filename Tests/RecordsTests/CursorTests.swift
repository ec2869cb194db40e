import Records
import Testing

struct CursorTests {
    @Test(arguments: [
        (Cursor(0), "0"), (Cursor(7), "7"), (Cursor(7, part: 2), "7-2"),
        (Cursor(.max, part: .max), "\(Int64.max)-\(Int64.max)"),
    ])
    func `a cursor is read as it is written`(cursor: Cursor, text: String) {
        #expect(cursor.description == text)
        #expect(Cursor(text) == cursor)
    }

    @Test(arguments: ["", "x", "-1", "+1", "01", "1-", "1-0", "1-2-3", "-", "1.5", "9223372036854775808", "7--2"])
    func `anything else is no cursor`(text: String) {
        #expect(Cursor(text) == nil)
    }
}
