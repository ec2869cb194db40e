import Records
import Testing

struct BytesTests {
    @Test(arguments: Database.allCases, [[], [0], [0xFF, 0, 0xFE], Array(0...255)] as [[UInt8]])
    func `a payload comes back as it came`(database: Database, payload: [UInt8]) throws {
        let store = try database.make()
        let answer = Answer(payload: payload)
        let writer = try store.openWriter()
        for outcome in [Outcome.stored, .repeated] {
            let response = Response(
                messageID: try Label("m"), key: try Label("k"), responder: try Label("\(outcome)"), answer: answer)
            #expect(try writer.store([response], at: at(1)) == [outcome])
        }
        #expect(try store.openReader().records(of: "m").map(\.answer) == [answer])
    }

    @Test(arguments: Database.allCases)
    func `a payload of several mebibytes comes back as it came`(database: Database) throws {
        let store = try database.make()
        let payload = (0..<5 << 20).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        let response = Response(
            messageID: try Label("m"), key: try Label("k"), responder: try Label("a"),
            answer: Answer(payload: payload))
        #expect(try store.openWriter().store([response, response], at: at(1)) == [.stored, .repeated])
        #expect(try store.openReader().records(of: "m").first?.answer.payload == payload)
    }

    @Test(arguments: Database.allCases)
    func `names of 256 bytes, with zero bytes, quotes and letters of any kind come back as they came`(
        database: Database
    ) throws {
        let names = [
            String(repeating: "ä", count: 128), "\0", "a\0", "a\0b", "'; DROP TABLE records; --", "\\x00", "\u{E9}",
            "e\u{301}", "{\"a\",NULL}", " ", "NULL", "\u{10FFFF}",
        ]
        let store = try database.make()
        let writer = try store.openWriter()
        let responses = try names.map { name in
            try response(name, name, by: name, name, contentType: name, topic: name)
        }
        #expect(try writer.store(responses, at: at(1)) == Array(repeating: .stored, count: names.count))
        #expect(try writer.store(responses, at: at(1)) == Array(repeating: .repeated, count: names.count))
        let reader = try store.openReader()
        for (name, sent) in zip(names, responses) {
            let records = try reader.records(of: name)
            #expect(records.count == 1, "\(name.debugDescription)")
            #expect(records.first?.stateKey == sent.stateKey && records.first?.answer == sent.answer)
            #expect(records.first?.responder == sent.responder)
            #expect(try reader.records(in: sent.topic, PageRequest()).items == records)
            #expect(try reader.allResponders(of: sent.stateKey.messageID).map(\.responder) == [sent.responder])
        }
    }
}
