import Foundation
import PostgreSQLRecords
import Records
import Synchronization
import Testing

struct TwoWritersTests {
    /// Runs `body` on as many threads as `count` says, and waits for all of them.
    private func onThreads(_ count: Int, _ body: @escaping @Sendable (_ number: Int) throws -> Void) throws {
        let group = DispatchGroup()
        let failures = Failures()
        for number in 0..<count {
            group.enter()
            Thread.detachNewThread {
                do {
                    try body(number)
                } catch {
                    failures.errors.withLock { $0.append(error) }
                }
                group.leave()
            }
        }
        group.wait()
        if let error = failures.errors.withLock({ $0.first }) { throw error }
    }

    private final class Failures: Sendable {
        let errors = Mutex<[any Error]>([])
    }

    @Test func `recorders that make the tables at once take turns`() throws {
        let store = PostgreSQLRecordStore(url: try PostgreSQLServer.shared.get().makeDatabase())
        try onThreads(4) { number in
            let outcomes = try store.openWriter().store([response("m\(number)", by: "a")], at: at(1))
            #expect(outcomes == [.stored])
        }
        #expect(try store.openReader().totals().rows == 4)
    }

    @Test func `two recorders make one record of each state, and count every response once`() throws {
        let store = PostgreSQLRecordStore(url: try PostgreSQLServer.shared.get().makeDatabase())
        let tally = Tally()
        try onThreads(2) { number in
            let writer = try store.openWriter()
            // Each from another end, with responders of its own and some of the other's, and with divergences.
            for step in 0..<40 {
                let messages = number == 0 ? Array(0..<20) : (0..<20).reversed()
                let group = try messages.flatMap { message in
                    [
                        try response("m\(message)", by: "pod-\(number)-\(step % 20)"),
                        try response("m\(message)", by: "pod-both-\(step)"),
                        try response("m\(message)", by: "pod-both-\(step)", "no"),
                    ]
                }
                let outcomes = try writer.store(group, at: at(1))
                tally.outcomes.withLock { tally in for outcome in outcomes { tally[outcome, default: 0] += 1 } }
            }
        }
        let outcomes = tally.outcomes.withLock { $0 }
        #expect(try outcomes == [.stored: 20, .repeated: 3_180, .diverged("no"): 1_600])
        let reader = try store.openReader()
        // Of 20 messages: 20 pods of each recorder, twice; 40 of both, agreeing and differing from each.
        #expect(
            try reader.totals()
                == StoreTotals(rows: 20, answers: 20 * 80, divergences: 20 * 40, retries: 20 * (40 + 40 + 40)))
        #expect(try reader.allRecords().allSatisfy { $0.answers == 80 })
        #expect(try reader.allDivergences().count == 800)
    }

    @Test func `a page that was read never has something added before its end`() throws {
        let store = PostgreSQLRecordStore(url: try PostgreSQLServer.shared.get().makeDatabase())
        _ = try store.openWriter()
        let seen = Seen()
        try onThreads(3) { number in
            guard number < 2 else {
                let reader = try store.openReader()
                var request = PageRequest(limit: 13)
                var found: [String] = []
                // Until both writers are done and nothing is left.
                while true {
                    let isLast = seen.writersDone.withLock { $0 == 2 }
                    let page = try reader.records(in: nil, request)
                    found += page.items.map(\.stateKey.messageID.text)
                    request.after = page.items.last?.position ?? request.after
                    if isLast, page.next == nil { break }
                }
                seen.messages.withLock { $0 = found }
                return
            }
            let writer = try store.openWriter()
            for step in 0..<50 {
                _ = try writer.store(
                    (0..<5).map { try response("m\(number)-\(step)-\($0)", by: "a") }, at: at(1))
            }
            seen.writersDone.withLock { $0 += 1 }
        }
        let messages = seen.messages.withLock { $0 }
        #expect(messages.count == 500 && Set(messages).count == 500)
    }

    private final class Tally: Sendable {
        let outcomes = Mutex<[Outcome: Int]>([:])
    }

    private final class Seen: Sendable {
        let messages = Mutex<[String]>([])
        let writersDone = Mutex(0)
    }
}
