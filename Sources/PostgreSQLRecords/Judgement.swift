import Records

/// What becomes of the responses of a group, and the rows that come of it, each once.
struct Judgement {
    struct Agreeing: Hashable {
        let record: Int64
        let responder: Int64
    }

    struct Diverging: Hashable {
        let record: Int64
        let responder: Int64
        let digest: [UInt8]
    }

    /// In the order of the group.
    private(set) var outcomes: [Outcome] = []
    /// Records whose own responder says so again.
    private(set) var repeating = Tally<Int64>()
    private(set) var agreeing = Tally<Agreeing>()
    private(set) var diverging = Tally<Diverging>()
    /// Of each divergence, in their order.
    private(set) var divergentAnswers: [Answer] = []

    init(_ group: ResponseGroup, responders: [Label: Int64]) {
        var isOpen = group.entries.map(\.isNew)
        for (response, place) in zip(group.responses, group.places) {
            let entry = group.entries[place]
            let responder = responders[response.responder] ?? 0
            // The digest of an answer that is the first's is known.
            let digest = response.answer == entry.first.answer ? entry.digest : response.answer.digest
            if digest == entry.recordDigest ?? entry.digest {
                outcomes.append(isOpen[place] ? .stored : .repeated)
                if isOpen[place] {
                    isOpen[place] = false
                } else if responder == entry.responder {
                    repeating.add(entry.record)
                } else {
                    agreeing.add(Agreeing(record: entry.record, responder: responder))
                }
            } else {
                let isNew = diverging.add(Diverging(record: entry.record, responder: responder, digest: digest))
                if isNew { divergentAnswers.append(response.answer) }
                outcomes.append(.diverged(digest: digest))
            }
        }
    }
}

/// Distinct values in the order in which they came first, and how often each came.
struct Tally<Value: Hashable> {
    private(set) var values: [Value] = []
    private(set) var counts: [Int64] = []
    private var indices: [Value: Int] = [:]

    /// Gives whether the value is new.
    @discardableResult
    mutating func add(_ value: Value) -> Bool {
        if let index = indices[value] {
            counts[index] += 1
            return false
        }
        indices[value] = values.count
        values.append(value)
        counts.append(1)
        return true
    }

    /// How often all of them came.
    var total: Int64 { counts.reduce(0, +) }
}
