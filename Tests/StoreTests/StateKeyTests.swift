import Records
import Testing

struct StateKeyTests {
    @Test(arguments: Database.allCases)
    func `each record of a message with 1,500 is found by its state key`(database: Database) throws {
        let store = try database.make()
        let writer = try store.openWriter()
        for message in ["m", "n"] {
            _ = try writer.store(
                (0..<1_500).map { try response(message, "\($0)", by: "a", "\(message)\($0)", topic: "orders") },
                at: at(1))
        }
        _ = try writer.store(
            [response("m", "1499", by: "b", "m1499"), response("m", "1499", by: "c", "no")], at: at(2))
        let reader = try store.openReader()
        for number in [0, 999, 1_000, 1_001, 1_499] {
            let key = StateKey(messageID: try Label("m"), key: try Label("\(number)"))
            let record = try #require(try reader.record(of: key))
            #expect(record.stateKey == key && record.answer.payload == Array("m\(number)".utf8))
            #expect(record.responder.text == "a" && record.topic?.text == "orders" && record.storedAt == at(1))
            #expect(record.answers == (number == 1_499 ? 2 : 1))
        }
    }

    @Test(arguments: Database.allCases)
    func `a state key without a record has none, whatever its message has`(database: Database) throws {
        let store = try database.make()
        _ = try store.openWriter().store([response("m", "k", by: "a"), response("n", "l", by: "a")], at: at(1))
        let reader = try store.openReader()
        for (message, key) in [("m", "l"), ("n", "k"), ("o", "k"), ("m", "K"), ("m", "k\0"), ("k", "m")] {
            let stateKey = StateKey(messageID: try Label(message), key: try Label(key))
            #expect(try reader.record(of: stateKey) == nil)
        }
        let stateKey = StateKey(messageID: try Label("n"), key: try Label("l"))
        #expect(try reader.record(of: stateKey)?.stateKey == stateKey)
    }

    @Test(arguments: Database.allCases)
    func `a record is found however large its payload is`(database: Database) throws {
        let store = try database.make()
        let payload = String(repeating: "x", count: 5 << 20)
        _ = try store.openWriter().store([response("m", "k", by: "a", payload)], at: at(1))
        let record = try store.openReader().record(of: StateKey(messageID: Label("m"), key: Label("k")))
        #expect(record?.answer.payload.count == 5 << 20)
    }
}
