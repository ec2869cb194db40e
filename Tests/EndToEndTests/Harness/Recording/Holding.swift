import Foundation
import Testing

/// What a recorder holds, as it tells it over HTTP.
struct Holding: Sendable {
    let records: [Item]
    let divergences: [Item]

    init(of recorder: Recorder) async throws {
        let lines: [Item] = try await Self.documents(at: "/export", of: recorder)
        records = lines.filter { $0.kind == "record" }
        divergences = lines.filter { $0.kind == "divergence" }
        #expect(records.count + divergences.count == lines.count)
    }

    /// What GETs of `target` give, which may be many at once as curl writes them: `/records/m[0-9]`.
    static func documents<Document: Decodable>(at target: String, of recorder: Recorder) async throws -> [Document] {
        let curl = [try #require(Tool.curl, "curl is not installed"), "-sS", "--fail", "--max-time", "60"]
        let program = try Stage.current.start(curl + ["http://\(recorder.endpoint)\(target)"], name: "curl")
        try #require(try await program.end(within: .seconds(70)) == .exited(0), "\(program.account)")
        return try Item.read(program.output)
    }

    /// Every acknowledged response is there; a record is said to have no fewer answers than were acknowledged.
    ///
    /// For a load that goes on: what is stored and not acknowledged yet is there, too.
    func expectAll(of ledger: Ledger) {
        let held = Dictionary(grouping: records, by: \.state)
        let differences = Set(divergences.map(\.statement))
        var faults = Faults()
        for (state, page) in ledger.pages {
            let record = held[state]?.first
            faults.expect(held[state]?.count == 1, "no record, or more than one, of \(state)")
            faults.expect(record?.answers ?? 0 >= page.agreeing.count, "answers of \(state) are missing")
            faults.expect(page.agreeing.values.allSatisfy { $0 == record?.answer }, "another answer to \(state)")
            faults.expect(page.diverging.isSubset(of: differences), "divergences of \(state) are missing")
        }
        faults.report()
    }

    /// It is what was acknowledged, nothing less, nothing more and nothing twice, after a load in which every response
    /// that was begun was acknowledged in the end.
    func expectExactly(_ ledger: Ledger, _ recorder: Recorder) async throws {
        #expect(Set(records.map(\.state)).symmetricDifference(ledger.pages.keys) == [])
        #expect(records.count == ledger.pages.count)
        var faults = Faults()
        for record in records {
            let page = ledger.pages[record.state] ?? Ledger.Page()
            // Each responder counts once for an answer, however often and to whom it was sent: an exact number.
            faults.expect(record.answers == page.agreeing.count, "\(page.agreeing.count) agreed to \(record)")
            faults.expect(page.agreeing.values.allSatisfy { $0 == record.answer }, "another answer: \(record)")
            // A bound, since 201 may be lost on its way, and is 200 after that.
            faults.expect(page.first.count <= 1, "\(page.first) were the first of \(record)")
            faults.expect(page.first.allSatisfy { $0 == record.responder }, "\(page.first) was the first of \(record)")
            faults.expect(page.agreeing[record.responder] != nil, "nobody was told to have given \(record)")
            faults.expect(page.told.isSubset(of: [record.responder]), "\(page.told) told as the first of \(record)")
        }
        faults.report()
        try expectDivergences(divergences, ledger)
        try await expectResponders(ledger, recorder)
        try await expectTotals(ledger, recorder)
    }

    /// `found` has every divergence of the ledger once, and says from whom each differs.
    func expectDivergences(_ found: [Item], _ ledger: Ledger) throws {
        #expect(found.count == ledger.diverging.count)
        #expect(Set(found.map(\.statement)).symmetricDifference(ledger.diverging) == [])
        let first = Dictionary(records.map { ($0.state, $0.responder) }) { one, _ in one }
        #expect(found.allSatisfy { $0.firstResponder == first[$0.state] })
    }

    private func expectResponders(_ ledger: Ledger, _ recorder: Recorder) async throws {
        let target = "/records/m[0-\(ledger.messages - 1)]/responders?limit=1000"
        let pages: [ResponderPage] = try await Self.documents(at: target, of: recorder)
        #expect(pages.count == ledger.messages && pages.allSatisfy { $0.next == nil })
        var found: [Item.State: [String]] = [:]
        for (number, page) in pages.enumerated() {
            for item in page.items {
                found[Item.State(message: "m\(number)", key: item.key), default: []].append(item.responder)
            }
        }
        var faults = Faults()
        for (state, page) in ledger.pages {
            let responders = found[state, default: []].sorted()
            faults.expect(responders == page.agreeing.keys.sorted(), "\(responders) agreed to \(state)")
        }
        faults.report()
    }

    /// What is wrong with one of thousands, told with one issue for all.
    private struct Faults {
        private var texts: [String] = []

        mutating func expect(_ holds: Bool, _ fault: @autoclosure () -> String) {
            if !holds { texts.append(fault()) }
        }

        func report() {
            #expect(texts.isEmpty, "\(texts.count): \(texts.prefix(5).joined(separator: "; "))")
        }
    }

    private struct ResponderPage: Decodable {
        struct Answerer: Decodable {
            let key: String
            let responder: String
        }
        let items: [Answerer]
        let next: String?
    }

    private func expectTotals(_ ledger: Ledger, _ recorder: Recorder) async throws {
        let status = try await recorder.get("/status").json
        #expect(status["rows"].int == ledger.pages.count)
        #expect(status["answers"].int == ledger.agreeing)
        #expect(status["duplicates"].int == ledger.agreeing - ledger.pages.count)
        #expect(status["divergences"].int == ledger.diverging.count)
        // A bound: what was stored and not acknowledged came again, and is in no ledger.
        #expect(status["retries"].int ?? -1 >= ledger.acknowledgements - ledger.responses)
        #expect(status["store"]["state"].string == "open" && status["queue"]["responses"].int == 0)
    }
}
