import Records
import Testing

struct DivergenceTests {
    @Test(arguments: Database.allCases)
    func `a divergence is kept once for each responder and answer, across groups, too`(database: Database) throws {
        let store = try database.make()
        let writer = try store.openWriter()
        #expect(try writer.store([response("m1", by: "a", topic: "orders")], at: at(1)) == [.stored])
        for time in 2..<5 as Range<Int64> {
            let outcomes = try writer.store(
                [
                    response("m1", by: "b", "no"), response("m1", by: "b", "maybe"), response("m1", by: "c", "no"),
                    response("m1", by: "b", "no"),
                ], at: at(time))
            #expect(try outcomes == [.diverged("no"), .diverged("maybe"), .diverged("no"), .diverged("no")])
        }
        let reader = try store.openReader()
        let found = try reader.allDivergences(limit: 1)
        #expect(found.map(\.responder.text) == ["b", "b", "c"])
        #expect(found.map { String(decoding: $0.answer.payload, as: UTF8.self) } == ["no", "maybe", "no"])
        #expect(found.map(\.retries) == [5, 2, 2])
        #expect(found.allSatisfy { $0.noticedAt == at(2) && $0.topic?.text == "orders" })
        #expect(found.allSatisfy { $0.firstResponder.text == "a" && $0.stateKey.messageID.text == "m1" })
        #expect(try reader.totals() == StoreTotals(rows: 1, answers: 1, divergences: 3, retries: 9))
        let record = try #require(reader.records(of: "m1").first)
        #expect(record.answer.payload == Array("yes".utf8) && record.answers == 1 && record.storedAt == at(1))
    }

    @Test(arguments: Database.allCases)
    func `a responder that gave the first answer may differ from itself`(database: Database) throws {
        let store = try database.make()
        let outcomes = try store.openWriter().store(
            [response("m1", by: "a"), response("m1", by: "a", "no"), response("m1", by: "a")], at: at(1))
        #expect(try outcomes == [.stored, .diverged("no"), .repeated])
        #expect(try store.openReader().totals() == StoreTotals(rows: 1, answers: 1, divergences: 1, retries: 1))
    }

    @Test(arguments: Database.allCases)
    func `divergences of a message are those of all its state keys and no other's`(database: Database) throws {
        let store = try database.make()
        let writer = try store.openWriter()
        for message in ["m1", "m2", "m3"] {
            for key in ["x", "y"] {
                _ = try writer.store(
                    [response(message, key, by: "a"), response(message, key, by: "b", "no")], at: at(1))
            }
        }
        let found = try store.openReader().divergences(of: Label("m2"), PageRequest())
        #expect(found.items.map(\.stateKey.key.text) == ["x", "y"] && found.next == nil)
        #expect(found.items.allSatisfy { $0.stateKey.messageID.text == "m2" })
    }

    @Test(arguments: Database.allCases)
    func `payloads that are equal up to a zero byte differ`(database: Database) throws {
        let store = try database.make()
        let outcomes = try store.openWriter().store(
            [response("m1", by: "a", "x\0y"), response("m1", by: "b", "x\0z"), response("m1", by: "c", "x")], at: at(1))
        #expect(try outcomes == [.stored, .diverged("x\0z"), .diverged("x")])
    }
}
