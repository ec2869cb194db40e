import Records
import Testing

struct StoringTests {
    @Test(arguments: Database.allCases)
    func `the first answer is the record, with all that came with it`(database: Database) throws {
        let store = try database.make()
        let first = try response(
            "m1", "total", by: "a", "12", contentType: "text/plain", topic: "orders", sequence: .max)
        let outcomes = try store.openWriter().store([first], at: at(1))
        #expect(outcomes == [.stored])
        let record = try #require(store.openReader().records(of: "m1").first)
        #expect(record.stateKey == first.stateKey && record.answer == first.answer)
        #expect(record.responder == first.responder && record.answers == 1)
        #expect(record.storedAt == at(1) && record.topic?.text == "orders" && record.sequence == .max)
    }

    @Test(arguments: Database.allCases)
    func `outcomes stand in the order of the group`(database: Database) throws {
        let store = try database.make()
        let outcomes = try store.openWriter().store(
            [
                response("m1", by: "a", "no"), response("m2", by: "a"), response("m1", by: "b"),
                response("m1", by: "c", "no"), response("m2", by: "b"), response("m1", "other", by: "a"),
                response("m1", by: "b"), response("m1", by: "a", "no"),
            ], at: at(1))
        #expect(
            try outcomes == [
                .stored, .stored, .diverged("yes"), .repeated, .repeated, .stored, .diverged("yes"), .repeated,
            ])
        let totals = try store.openReader().totals()
        #expect(totals == StoreTotals(rows: 3, answers: 5, divergences: 1, retries: 2))
    }

    @Test(arguments: Database.allCases)
    func `the same responses in groups of one have the same outcomes and totals`(database: Database) throws {
        let store = try database.make()
        let writer = try store.openWriter()
        let responses = try [
            response("m1", by: "a", "no"), response("m2", by: "a"), response("m1", by: "b"),
            response("m1", by: "c", "no"), response("m2", by: "b"), response("m1", "other", by: "a"),
            response("m1", by: "b"), response("m1", by: "a", "no"),
        ]
        let outcomes = try responses.flatMap { try writer.store([$0], at: at(1)) }
        #expect(
            try outcomes == [
                .stored, .stored, .diverged("yes"), .repeated, .repeated, .stored, .diverged("yes"), .repeated,
            ])
        let totals = try store.openReader().totals()
        #expect(totals == StoreTotals(rows: 3, answers: 5, divergences: 1, retries: 2))
    }

    @Test(arguments: Database.allCases)
    func `fifty responders make one record, and each is counted once however often it says so`(
        database: Database
    ) throws {
        let store = try database.make()
        let writer = try store.openWriter()
        let all = try (0..<50).flatMap { responder in
            try (0..<20).map { try response("m\($0)", by: "pod-\(responder)") }
        }
        for _ in 0..<3 {
            for start in stride(from: 0, to: all.count, by: 64) {
                _ = try writer.store(Array(all[start..<min(start + 64, all.count)]), at: at(1))
            }
        }
        let reader = try store.openReader()
        #expect(try reader.totals() == StoreTotals(rows: 20, answers: 1_000, divergences: 0, retries: 2_000))
        #expect(try reader.totals().duplicates == 980)
        #expect(try reader.allRecords().allSatisfy { $0.answers == 50 && $0.responder.text == "pod-0" })
        #expect(try reader.allResponders(of: Label("m7"), limit: 7).map(\.retries) == Array(repeating: 2, count: 50))
    }

    @Test(arguments: Database.allCases)
    func `the first responder's retries are counted like any other's, in a group and across groups`(
        database: Database
    ) throws {
        let store = try database.make()
        let again = try [response("m1", by: "a"), response("m1", by: "b"), response("m1", by: "a")]
        do {
            let writer = try store.openWriter()
            #expect(try writer.store(again, at: at(1)) == [.stored, .repeated, .repeated])
            #expect(try writer.store(again, at: at(2)) == [.repeated, .repeated, .repeated])
        }
        // Another writer has it from the database.
        #expect(try store.openWriter().store(again, at: at(3)) == [.repeated, .repeated, .repeated])
        let reader = try store.openReader()
        #expect(try reader.totals() == StoreTotals(rows: 1, answers: 2, divergences: 0, retries: 7))
        let found = try reader.allResponders(of: Label("m1"), limit: 1)
        #expect(found.map(\.responder.text) == ["a", "b"] && found.map(\.retries) == [5, 2])
        #expect(found.allSatisfy { $0.answeredAt == at(1) })
        #expect(try reader.records(of: "m1").map(\.answers) == [2])
        #expect(try store.openWriter().removeOldest(keeping: 0, limit: 9) == 1)
        #expect(try reader.totals() == StoreTotals())
    }

    @Test(arguments: Database.allCases)
    func `an empty group costs nothing and gives nothing`(database: Database) throws {
        let store = try database.make()
        #expect(try store.openWriter().store([], at: at(1)) == [])
        #expect(try store.openReader().totals() == StoreTotals())
    }

    @Test(arguments: Database.allCases)
    func `a check changes nothing`(database: Database) throws {
        let store = try database.make()
        let writer = try store.openWriter()
        try writer.check()
        _ = try writer.store([response("m", by: "a"), response("m", by: "b", "no")], at: at(1))
        let before = (try store.openReader().totals(), try store.openReader().allRecords())
        for _ in 0..<3 { try writer.check() }
        #expect(try store.openReader().totals() == before.0 && store.openReader().allRecords() == before.1)
        #expect(try writer.store([response("n", by: "a")], at: at(2)) == [.stored])
        #expect(try store.openReader().totals() == StoreTotals(rows: 2, answers: 2, divergences: 1))
    }

    @Test(arguments: Database.allCases)
    func `a content type is part of the answer`(database: Database) throws {
        let store = try database.make()
        let outcomes = try store.openWriter().store(
            [
                response("m1", by: "a", contentType: "text/plain"), response("m1", by: "b"),
                response("m1", by: "c", contentType: "text/plain"),
                response("m1", by: "b", contentType: "application/json"),
            ], at: at(1))
        #expect(
            try outcomes == [
                .stored, .diverged("yes"), .repeated, .diverged("yes", contentType: "application/json"),
            ])
        #expect(try store.openReader().allDivergences().map(\.answer.contentType?.text) == [nil, "application/json"])
    }

    @Test(arguments: Database.allCases)
    func `only the first answer's topic and sequence are kept`(database: Database) throws {
        let store = try database.make()
        let outcomes = try store.openWriter().store(
            [
                response("m1", by: "a"), response("m1", by: "b", topic: "orders", sequence: 3),
                response("m2", by: "a", topic: "orders", sequence: 0), response("m2", by: "b", topic: "other"),
            ], at: at(1))
        #expect(outcomes == [.stored, .repeated, .stored, .repeated])
        let records = try store.openReader().allRecords()
        #expect(records.map(\.topic?.text) == [nil, "orders"])
        #expect(records.map(\.sequence) == [nil, 0])
    }
}
