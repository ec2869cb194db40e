import Records
import Testing

struct ReopeningTests {
    @Test(arguments: Database.allCases)
    func `what was stored is there for the next writer`(database: Database) throws {
        let store = try database.make()
        _ = try store.openWriter().store([response("m1", by: "a"), response("m1", by: "b", "no")], at: at(1))
        let outcomes = try store.openWriter().store(
            [response("m1", by: "b"), response("m1", by: "b", "no"), response("m2", by: "a")], at: at(2))
        #expect(try outcomes == [.repeated, .diverged("no"), .stored])
        let reader = try store.openReader()
        #expect(try reader.totals() == StoreTotals(rows: 2, answers: 3, divergences: 1, retries: 1))
        #expect(try reader.allRecords().map(\.storedAt) == [at(1), at(2)])
    }

    @Test(arguments: Database.allCases)
    func `a reader waits for a writer to have made the tables`(database: Database) throws {
        let store = try database.make()
        let error = #expect(throws: StoreError.self) { try store.openReader() }
        #expect(error?.isTemporary == true, "\(error.map { "\($0)" } ?? "")")
        _ = try store.openWriter()
        #expect(try store.openReader().totals() == StoreTotals())
    }

    @Test(arguments: Database.allCases)
    func `a reader sees what a writer stores after it was opened`(database: Database) throws {
        let store = try database.make()
        let writer = try store.openWriter()
        let reader = try store.openReader()
        for number in 1...3 {
            _ = try writer.store([response("m\(number)", by: "a")], at: at(1))
            #expect(try reader.allRecords().count == number)
        }
    }
}
