import Clocks
import Digests
import Testing
import Wire

@testable import Gateway

struct IdempotencyStoreTests {
    private var store = IdempotencyStore<Int>(capacity: 3)
    private let start = Instant(nanoseconds: 1_000_000_000)
    private let digest = SHA256Digest(payload: Array("x".utf8).span.bytes, attributes: Attributes())
    private let other = SHA256Digest(payload: Array("y".utf8).span.bytes, attributes: Attributes())

    private func key(_ text: String) throws -> IdempotencyKey { try IdempotencyKey(Array(text.utf8)) }

    /// What is claimed, in short: the receipt of a replay, else a word.
    private mutating func claim(_ text: String, _ digest: SHA256Digest? = nil, after time: Duration = .zero) throws
        -> String
    {
        switch store.claim(try key(text), digest ?? self.digest, at: start + time) {
        case .new: "new"
        case .replay(let receipt): "\(receipt)"
        case .mismatch: "mismatch"
        case .inProgress: "in progress"
        case .full: "full"
        }
    }

    @Test mutating func `receipts that take too much make the oldest forgotten`() throws {
        store = IdempotencyStore(capacity: 1_000, maximumBytes: 10_000)
        for number in 0..<20 {
            #expect(try claim("\(number)") == "new")
            store.settle(try key("\(number)"), with: number, receiptBytes: 1_500, at: start)
        }
        #expect(store.count == 5)
        #expect(try claim("19") == "19")
        #expect(try claim("14") == "new")
    }

    @Test mutating func `a key is new, then in progress, then replayed with the first receipt`() throws {
        #expect(try claim("a") == "new")
        #expect(try claim("a") == "in progress")
        store.settle(try key("a"), with: 7, at: start)
        #expect(try claim("a") == "7")
        store.settle(try key("a"), with: 8, at: start)
        #expect(try claim("a") == "7")
        #expect(try claim("b") == "new")
    }

    @Test mutating func `a key used for something else is a mismatch, under way and settled`() throws {
        _ = try claim("a")
        #expect(try claim("a", other) == "mismatch")
        store.settle(try key("a"), with: 7, at: start)
        #expect(try claim("a", other) == "mismatch")
        #expect(try claim("a") == "7")
    }

    @Test mutating func `a key that came to nothing may be used again, for anything`() throws {
        _ = try claim("a")
        store.release(try key("a"))
        #expect(try claim("a", other) == "new")
        store.settle(try key("a"), with: 7, at: start)
        store.release(try key("a"))
        #expect(try claim("a", other) == "7")
    }

    @Test mutating func `a key is remembered for five minutes from its answer on`() throws {
        _ = try claim("a")
        store.settle(try key("a"), with: 7, at: start + .seconds(2))
        #expect(try claim("a", after: .seconds(302) - .nanoseconds(1)) == "7")
        #expect(try claim("a", after: .seconds(302)) == "new")
    }

    @Test mutating func `a publish under way is never forgotten`() throws {
        _ = try claim("a")
        #expect(try claim("a", after: .seconds(3_600)) == "in progress")
        for name in ["b", "c", "d", "e", "f"] {
            #expect(try claim(name) == "new")
            store.settle(try key(name), with: 1, at: start)
        }
        #expect(try claim("a") == "in progress")
    }

    @Test mutating func `beyond the capacity the oldest settled is forgotten`() throws {
        for name in ["a", "b", "c", "d"] {
            _ = try claim(name)
            store.settle(try key(name), with: 1, at: start)
        }
        #expect(store.count == 3)
        #expect(try claim("b") == "1")
        #expect(try claim("a") == "new")
    }

    @Test mutating func `with all under way there is no room`() throws {
        for name in ["a", "b", "c"] { #expect(try claim(name) == "new") }
        #expect(try claim("d") == "full")
        store.release(try key("b"))
        #expect(try claim("d") == "new")
    }

    @Test mutating func `keys that are claimed and released over and over take no memory`() throws {
        for step in 0..<10_000 {
            _ = try claim("\(step)")
            store.release(try key("\(step)"))
        }
        #expect(store.count == 0)
    }

    @Test func `keys are compared by byte`() throws {
        #expect(try key("é") != key("e\u{301}"))
        #expect(try key("a") != key("A"))
    }
}
