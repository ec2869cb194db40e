import Testing

/// What a load was told about its responses.
struct Ledger: Sendable {
    /// Whom the recorder told what about one state.
    struct Page: Sendable {
        /// Who was told 200 or 201, and what it had said.
        var agreeing: [String: Item.Answer] = [:]
        /// What was told 409.
        var diverging: Set<Item.Statement> = []
        /// Who was told 201.
        var first: [String] = []
        /// Who gave the record's answer first, as those were told that differ.
        var told: Set<String> = []
    }

    private(set) var acknowledgements: Int
    private(set) var pages: [Item.State: Page] = [:]

    init(_ lines: [Item]) {
        acknowledgements = lines.count
        for line in lines {
            let (statement, status) = (line.statement, line.status ?? 0)
            var page = pages[line.state, default: Page()]
            if status == 409 {
                page.diverging.insert(statement)
                if let first = line.firstResponder { page.told.insert(first) }
            } else {
                let earlier = page.agreeing.updateValue(statement.answer, forKey: line.responder)
                #expect(earlier == nil || earlier == statement.answer, "a responder agrees with two answers: \(line)")
                if status == 201 { page.first.append(line.responder) }
            }
            pages[line.state] = page
        }
    }

    /// Both, of loads with different responders.
    func merging(_ other: Ledger) -> Ledger {
        var both = self
        both.acknowledgements += other.acknowledgements
        both.pages.merge(other.pages) { one, two in
            Page(
                agreeing: one.agreeing.merging(two.agreeing) { mine, _ in mine },
                diverging: one.diverging.union(two.diverging), first: one.first + two.first,
                told: one.told.union(two.told))
        }
        return both
    }

    /// What agrees with its record.
    var statements: [Item.Statement] {
        pages.flatMap { state, page in
            page.agreeing.map { Item.Statement(state: state, responder: $0, answer: $1) }
        }
    }

    var agreeing: Int { pages.values.reduce(0) { $0 + $1.agreeing.count } }
    var diverging: Set<Item.Statement> { pages.values.reduce(into: []) { $0.formUnion($1.diverging) } }
    /// Responses, each counted once however often it was acknowledged.
    var responses: Int { agreeing + diverging.count }
    /// The ids that `load.py` made, in its order.
    var messages: Int { Set(pages.keys.map(\.message)).count }
}
