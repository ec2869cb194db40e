import Records
import Testing

struct RetentionTests {
    /// Ten records a second apart, each with a duplicate, a divergence and a retry of either.
    private func fill(_ store: TestStore) throws -> any RecordWriter {
        let writer = try store.openWriter()
        for number in 0..<10 as Range<Int64> {
            let message = "m\(number)"
            _ = try writer.store(
                [
                    response(message, by: "a", topic: "orders"), response(message, by: "b"), response(message, by: "b"),
                    response(message, by: "c", "no"), response(message, by: "c", "no"),
                ], at: at(number))
        }
        return writer
    }

    @Test(arguments: Database.allCases)
    func `what was stored before a time goes in bounded steps, with all that belongs to it`(
        database: Database
    ) throws {
        let store = try database.make()
        let writer = try fill(store)
        let reader = try store.openReader()
        #expect(try reader.totals() == StoreTotals(rows: 10, answers: 20, divergences: 10, retries: 20))
        #expect(try writer.removeRecords(storedBefore: at(5), limit: 3) == 3)
        #expect(try reader.totals() == StoreTotals(rows: 7, answers: 14, divergences: 7, retries: 14))
        #expect(try writer.removeRecords(storedBefore: at(5), limit: 3) == 2)
        #expect(try writer.removeRecords(storedBefore: at(5), limit: 3) == 0)
        #expect(try reader.totals() == StoreTotals(rows: 5, answers: 10, divergences: 5, retries: 10))
        #expect(try reader.allRecords().map(\.stateKey.messageID.text) == (5..<10).map { "m\($0)" })
        #expect(try reader.allDivergences().map(\.stateKey.messageID.text) == (5..<10).map { "m\($0)" })
        #expect(try reader.allResponders(of: Label("m4")).isEmpty)
    }

    @Test(arguments: Database.allCases)
    func `the oldest go until so many are left`(database: Database) throws {
        let store = try database.make()
        let writer = try fill(store)
        #expect(try writer.removeOldest(keeping: 4, limit: 5) == 5)
        #expect(try writer.removeOldest(keeping: 4, limit: 5) == 1)
        #expect(try writer.removeOldest(keeping: 4, limit: 5) == 0)
        #expect(try writer.removeOldest(keeping: 40, limit: 5) == 0)
        #expect(try store.openReader().allRecords().map(\.stateKey.messageID.text) == (6..<10).map { "m\($0)" })
    }

    @Test(arguments: Database.allCases)
    func `what was removed can be stored again, and cursors still lead on`(database: Database) throws {
        let store = try database.make()
        let writer = try fill(store)
        let reader = try store.openReader()
        let last = try #require(reader.allRecords().last)
        #expect(try writer.removeOldest(keeping: 0, limit: 100) == 10)
        #expect(try reader.totals() == StoreTotals())
        #expect(
            try writer.store([response("m3", by: "b", "no"), response("m3", by: "c", "no")], at: at(20))
                == [.stored, .repeated])
        let page = try reader.records(in: nil, PageRequest(after: last.position))
        #expect(page.items.map(\.stateKey.messageID.text) == ["m3"])
    }
}
