import Testing

/// Replicas that do not all say the same.
@Suite(.onStageAlone)
struct RecorderLoadDivergenceTests {
    enum Store: CaseIterable, Sendable { case sqlite, postgreSQL }

    @Test(arguments: Store.allCases.filter { $0 == .sqlite || PostgreSQL.isPossible })
    func `every difference among thousands of responses is found once, and the first answer stays`(
        store: Store
    ) async throws {
        let recorder = try await Recorder.start(store: try await url(of: store))
        let states = ["--states", "600", "--keys", "6", "--batch", "50"]
        let first = try await Load.start(to: [recorder.endpoint], states + ["--responders", "0-0"]).outcome()
        let before = try await Holding(of: recorder)
        #expect(before.records.count == 600 && before.divergences.isEmpty)
        try await before.expectExactly(first.ledger, recorder)

        let others = ["--responders", "1-8", "--divergent", "5", "--again", "10"]
        let second = try await Load.start(to: [recorder.endpoint], states + others).outcome()
        let injected = second.ledger.diverging
        // 5 % of 4,800, in payload or in content type alone.
        #expect((150...350).contains(injected.count) && second.ledger.responses == 4_800)
        let answers = Dictionary(uniqueKeysWithValues: before.records.map { ($0.state, $0.answer) })
        let kinds = Dictionary(grouping: injected) { answers[$0.state]?.payload == $0.answer.payload }
        #expect((kinds[true] ?? []).count > 50 && (kinds[false] ?? []).count > 50)

        // The store was there all the time, so each was told from whom it differs.
        #expect(second.ledger.pages.values.allSatisfy { $0.diverging.isEmpty == $0.told.isEmpty })

        let after = try await Holding(of: recorder)
        try await after.expectExactly(first.ledger.merging(second.ledger), recorder)
        #expect(after.records.map(\.first) == before.records.map(\.first))
        for limit in [7, 1_000] {
            try after.expectDivergences(try await divergences(recorder, limit: limit), second.ledger)
        }
    }

    private func url(of store: Store) async throws -> String {
        switch store {
        case .sqlite: return "sqlite://\(try Stage.current.path("records.db"))"
        case .postgreSQL:
            let server = try await PostgreSQL.make()
            try await server.start()
            return server.url
        }
    }

    /// All pages.
    private func divergences(_ recorder: Recorder, limit: Int) async throws -> [Item] {
        var found: [Item] = []
        var after = ""
        while true {
            let answer = try await recorder.get("/divergences?limit=\(limit)\(after)")
            let pages: [Item.Page] = try Item.read(answer.text)
            guard let page = pages.first, page.items.count <= limit else { return found }
            found += page.items
            guard let next = page.next else { return found }
            after = "&after=\(next)"
        }
    }
}

extension Item {
    /// What of a record never changes.
    fileprivate var first: [String?] { [messageId, key, responder, payload, payloadBase64, contentType, storedAt] }
}
