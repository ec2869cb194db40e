import Records

/// A group of responses by their state keys: what to look up, and what is found.
struct ResponseGroup {
    /// A state key of the group.
    struct Entry {
        let stateKey: StateKey
        /// Of the group's first response to it.
        let first: Response
        let digest: [UInt8]
        /// The record, which is there already, or made by this group.
        var record: Int64 = 0
        /// Who gave it first.
        var responder: Int64 = 0
        var recordDigest: [UInt8]?
        var isNew: Bool { recordDigest == nil }
    }

    let responses: [Response]
    /// In the order in which they come first.
    private(set) var entries: [Entry] = []
    /// Of each response, the index of its state key.
    let places: [Int]

    init(_ responses: [Response]) {
        self.responses = responses
        var indices: [StateKey: Int] = [:]
        var places: [Int] = []
        for response in responses {
            if let index = indices[response.stateKey] {
                places.append(index)
                continue
            }
            indices[response.stateKey] = entries.count
            places.append(entries.count)
            entries.append(Entry(stateKey: response.stateKey, first: response, digest: response.answer.digest))
        }
        self.places = places
    }

    /// Takes the records that are there: `place` counts state keys from 1.
    mutating func found(place: Int64, record: Int64, responder: Int64, digest: [UInt8]) {
        entries[Int(place) - 1].record = record
        entries[Int(place) - 1].responder = responder
        entries[Int(place) - 1].recordDigest = digest
    }

    /// Gives the state keys without a record the numbers after `last`; gives the last number then.
    mutating func makeRecords(after last: Int64, responders: [Label: Int64]) -> Int64 {
        var last = last
        for index in entries.indices where entries[index].isNew {
            last += 1
            entries[index].record = last
            entries[index].responder = responders[entries[index].first.responder] ?? 0
        }
        return last
    }
}
