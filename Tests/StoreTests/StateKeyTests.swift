import Records
import Testing

struct StateKeyTests {
    @Test(arguments: Database.allCases)
    func `first answers of a message with 1,500 are told in the order they were asked for`(database: Database) throws {
        let store = try database.make()
        let writer = try store.openWriter()
        for message in ["m", "n"] {
            _ = try writer.store(
                (0..<1_500).map { try response(message, "\($0)", by: "a", "\(message)\($0)", topic: "orders") },
                at: at(1))
        }
        _ = try writer.store(
            [response("m", "1499", by: "b", "m1499"), response("m", "1499", by: "c", "no")], at: at(2))
        let numbers = [1_499, 0, 1_001, 999, 1_000, 0]
        let found = try store.openReader().firstAnswers(
            to: numbers.map { StateKey(messageID: try Label("m"), key: try Label("\($0)")) })
        let expected = try numbers.map { number in
            FirstAnswer(
                responder: try Label("a"), answers: number == 1_499 ? 2 : 1, storedAt: at(1),
                digest: Answer(payload: Array("m\(number)".utf8)).digest)
        }
        #expect(found == expected)
    }

    @Test(arguments: Database.allCases)
    func `a state key without a record has none, whatever its message has`(database: Database) throws {
        let store = try database.make()
        _ = try store.openWriter().store([response("m", "k", by: "a"), response("n", "l", by: "b")], at: at(1))
        let reader = try store.openReader()
        let keys = try [("m", "l"), ("n", "k"), ("o", "k"), ("n", "l"), ("m", "K"), ("m", "k\0"), ("k", "m")].map {
            StateKey(messageID: try Label($0), key: try Label($1))
        }
        #expect(try reader.firstAnswers(to: keys).map { $0?.responder.text } == [nil, nil, nil, "b", nil, nil, nil])
        #expect(try reader.firstAnswers(to: []).isEmpty)
    }

    @Test(arguments: Database.allCases)
    func `a first answer is told however large it is, with its content type in the digest`(database: Database) throws {
        let store = try database.make()
        let large = try response("m", "k", by: "a", String(repeating: "x", count: 5 << 20), contentType: "text/plain")
        _ = try store.openWriter().store([large], at: at(1))
        let found = try store.openReader().firstAnswers(to: [large.stateKey])
        #expect(found.map { $0?.digest } == [large.answer.digest])
    }
}
