import Clocks
import Foundation
import Records

/// A store in memory that a test can hold up, make fail and look into.
///
/// Unchecked, since everything that changes is touched under `lock` alone.
final class MemoryStore: RecordStore, @unchecked Sendable {
    private let lock = NSCondition()
    private var contents = Contents()
    private var openingError: StoreError?
    private var writingError: StoreError?
    private var readingError: StoreError?
    private var isHeld = false
    private var passes = 0
    private var isReadingHeld = false
    private var waitingWriters = 0
    private var openings = 0
    private var failures = 0
    private var sizes: [Int] = []
    private var removals: [Int] = []
    private var groupsBefore: [Int] = []
    private var firstFailingGroup = 0

    // MARK: For tests

    /// How many responses each commit had.
    var groupSizes: [Int] { locked { sizes } }

    /// How many records each step of removing took.
    var removalSizes: [Int] { locked { removals } }

    /// How many commits there had been before each step of removing.
    var groupsBeforeRemovals: [Int] { locked { groupsBefore } }

    var recordCount: Int { locked { contents.records.count } }

    /// What the records are about, in the order of storing.
    var messages: [String] { locked { contents.records.map(\.stateKey.messageID.text) } }

    func record(_ message: String, _ key: String) throws -> Record? {
        let key = StateKey(messageID: try Label(message), key: try Label(key))
        return locked { contents.records.first { $0.stateKey == key } }
    }

    /// Stores at once, as if it had been there before.
    func fill(_ group: [Response], at time: Timestamp = .now) {
        locked { _ = contents.store(group, at: time) }
    }

    /// Lets no group through until ``release()``.
    func hold() { change { isHeld = true } }
    func release() { change { isHeld = false } }
    /// Lets one group through that is held, or will be.
    func letThrough() { change { passes += 1 } }
    func holdReading() { change { isReadingHeld = true } }
    func releaseReading() { change { isReadingHeld = false } }
    func failOpening(_ error: StoreError?) { change { openingError = error } }
    /// Fails each group from `number` on, counted from 0.
    func failWriting(_ error: StoreError?, from number: Int = 0) {
        change { (writingError, firstFailingGroup) = (error, number) }
    }
    func failReading(_ error: StoreError?) { change { readingError = error } }

    /// Waits until the writer is held up with a group.
    func waitForHeldGroup() { wait { waitingWriters > 0 } }

    /// Waits until it was opened, or that was tried in vain.
    func waitForOpening() { wait { openings + failures > 0 } }

    /// Waits until opening, or storing, was tried in vain so often.
    func waitForFailures(_ count: Int) { wait { failures >= count } }

    /// Waits until so many steps of removing have been taken.
    func waitForRemovals(_ count: Int) { wait { removals.count >= count } }

    // MARK: RecordStore

    func openWriter() throws(StoreError) -> any RecordWriter {
        if let error = locked({ openingError }) {
            change { failures += 1 }
            throw error
        }
        change { openings += 1 }
        return Writer(store: self)
    }

    func openReader() throws(StoreError) -> any RecordReader {
        guard locked({ openings > 0 }) else { throw .unavailable("no writer has been there") }
        return Reader(store: self)
    }

    // MARK: Both sides

    private final class Writer: RecordWriter {
        let store: MemoryStore

        init(store: MemoryStore) { self.store = store }

        func store(_ group: [Response], at now: Timestamp) throws(StoreError) -> [Outcome] {
            try store.write { contents in
                store.sizes.append(group.count)
                return contents.store(group, at: now)
            }
        }

        func check() throws(StoreError) { try store.write { _ in } }

        func removeRecords(storedBefore time: Timestamp, limit: Int) throws(StoreError) -> Int {
            try store.remove { contents in contents.remove(limit) { $0.storedAt < time } }
        }

        func removeOldest(keeping count: Int64, limit: Int) throws(StoreError) -> Int {
            try store.remove { contents in
                var excess = contents.records.count - Int(count)
                return contents.remove(limit) { _ in
                    excess -= 1
                    return excess >= 0
                }
            }
        }
    }

    private final class Reader: RecordReader {
        let store: MemoryStore

        init(store: MemoryStore) { self.store = store }

        func firstAnswers(to stateKeys: [StateKey]) throws(StoreError) -> [FirstAnswer?] {
            try store.read { contents in
                stateKeys.map { key in
                    contents.record(of: key).map {
                        FirstAnswer(
                            responder: $0.responder, answers: $0.answers, storedAt: $0.storedAt,
                            digest: $0.answer.digest)
                    }
                }
            }
        }

        func records(of messageID: Label, _ page: PageRequest) throws(StoreError) -> ResultPage<Record> {
            try self.page(page, of: try store.read(\.records).filter { $0.stateKey.messageID == messageID })
        }

        func records(in topic: Label?, _ page: PageRequest) throws(StoreError) -> ResultPage<Record> {
            try self.page(page, of: try store.read(\.records).filter { topic == nil || $0.topic == topic })
        }

        func divergences(of messageID: Label?, _ page: PageRequest) throws(StoreError) -> ResultPage<Divergence> {
            let all = try store.read(\.divergences)
            return try self.page(page, of: all.filter { messageID == nil || $0.stateKey.messageID == messageID })
        }

        func responders(of messageID: Label, _ page: PageRequest) throws(StoreError) -> ResultPage<Agreement> {
            let all = try store.read(\.agreements)
            return try self.page(page, of: all.filter { $0.0 == messageID }.map(\.1))
        }

        func totals() throws(StoreError) -> StoreTotals { try store.read(\.totals) }

        private func page<Item: ListItem>(
            _ request: PageRequest, of items: [Item]
        ) throws(StoreError) -> ResultPage<Item> {
            var rest = items.drop { item in request.after.map { item.position.item <= $0.item } ?? false }[...]
            return try ResultPage(request) { () throws(StoreError) in rest.popFirst() }
        }
    }

    private func write<Result>(_ body: (inout Contents) -> Result) throws(StoreError) -> Result {
        lock.lock()
        defer { lock.unlock() }
        waitingWriters += 1
        lock.broadcast()
        while isHeld, passes == 0 { lock.wait() }
        if isHeld { passes -= 1 }
        waitingWriters -= 1
        if let error = writingError, sizes.count >= firstFailingGroup {
            failures += 1
            lock.broadcast()
            throw error
        }
        return body(&contents)
    }

    private func remove(_ body: (inout Contents) -> Int) throws(StoreError) -> Int {
        lock.lock()
        defer { lock.unlock() }
        let count = body(&contents)
        removals.append(count)
        groupsBefore.append(sizes.count)
        lock.broadcast()
        return count
    }

    private func read<Value>(_ part: (Contents) -> Value) throws(StoreError) -> Value {
        lock.lock()
        defer { lock.unlock() }
        while isReadingHeld { lock.wait() }
        if let readingError { throw readingError }
        return part(contents)
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        lock.lock()
        defer { lock.unlock() }
        return body()
    }

    private func change(_ body: () -> Void) {
        locked {
            body()
            lock.broadcast()
        }
    }

    private func wait(until condition: () -> Bool) {
        lock.lock()
        defer { lock.unlock() }
        let limit = Date.now + 20
        while !condition() { guard lock.wait(until: limit) else { return } }
    }
}
