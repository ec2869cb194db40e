import Clocks
import Records

/// What is in a ``MemoryStore``.
struct Contents {
    private(set) var records: [Record] = []
    private(set) var divergences: [Divergence] = []
    /// With the message each belongs to.
    private(set) var agreements: [(Label, Agreement)] = []
    private(set) var totals = StoreTotals()
    private var indices: [StateKey: Int] = [:]
    private var seen: [StateKey: Set<Said>] = [:]
    private var last: Int64 = 0

    private struct Said: Hashable {
        let responder: Label
        let answer: Answer
    }

    func record(of stateKey: StateKey) -> Record? { indices[stateKey].map { records[$0] } }

    mutating func store(_ group: [Response], at now: Timestamp) -> [Outcome] {
        group.map { store($0, at: now) }
    }

    private mutating func store(_ response: Response, at now: Timestamp) -> Outcome {
        let key = response.stateKey
        let isNew =
            seen[key, default: []].insert(Said(responder: response.responder, answer: response.answer)).inserted
        last += 1
        guard let index = indices[key] else {
            indices[key] = records.count
            records.append(record(response, answers: 1, at: now))
            totals.rows += 1
            agree(response, at: now)
            return .stored
        }
        let first = records[index]
        if !isNew { totals.retries += 1 }
        if first.answer == response.answer {
            guard isNew else { return .repeated }
            records[index] = Record(
                position: first.position, stateKey: key, responder: first.responder, answer: first.answer,
                answers: first.answers + 1, storedAt: first.storedAt, topic: first.topic, sequence: first.sequence)
            agree(response, at: now)
            return .repeated
        }
        guard isNew else { return .diverged(digest: response.answer.digest) }
        totals.divergences += 1
        divergences.append(
            Divergence(
                position: Cursor(last), stateKey: key, responder: response.responder, answer: response.answer,
                noticedAt: now, retries: 0, topic: first.topic, firstResponder: first.responder))
        return .diverged(digest: response.answer.digest)
    }

    /// Removes the oldest records for which `isOld` is true, `limit` at most; gives how many.
    mutating func remove(_ limit: Int, _ isOld: (Record) -> Bool) -> Int {
        let count = records.prefix(limit).prefix { isOld($0) }.count
        records.removeFirst(count)
        indices = Dictionary(uniqueKeysWithValues: records.enumerated().map { ($1.stateKey, $0) })
        totals.rows -= Int64(count)
        return count
    }

    private mutating func agree(_ response: Response, at now: Timestamp) {
        totals.answers += 1
        let agreement = Agreement(
            position: Cursor(last), key: response.stateKey.key, responder: response.responder, answeredAt: now,
            retries: 0)
        agreements.append((response.stateKey.messageID, agreement))
    }

    private func record(_ response: Response, answers: Int, at now: Timestamp) -> Record {
        Record(
            position: Cursor(last), stateKey: response.stateKey, responder: response.responder,
            answer: response.answer, answers: answers, storedAt: now, topic: response.topic,
            sequence: response.sequence)
    }
}
