import Records
import Testing

struct PagingTests {
    @Test(arguments: Database.allCases)
    func `pages of a topic show each record once, also while rows are added`(database: Database) throws {
        let store = try database.make()
        let writer = try store.openWriter()
        func add(_ numbers: Range<Int>) throws {
            _ = try writer.store(
                numbers.map { try response("m\($0)", by: "a", topic: $0.isMultiple(of: 2) ? "even" : "odd") }, at: at(1)
            )
        }
        try add(0..<40)
        let reader = try store.openReader()
        var request = PageRequest(limit: 7)
        var seen: [String] = []
        var added = 40
        while true {
            let page = try reader.records(in: Label("even"), request)
            seen += page.items.map(\.stateKey.messageID.text)
            guard let next = page.next else { break }
            request.after = next
            if added < 80 { try add(added..<added + 20) }
            added += 20
        }
        #expect(seen == stride(from: 0, to: 80, by: 2).map { "m\($0)" })
        #expect(try reader.allRecords(limit: 9).map(\.stateKey.messageID.text) == (0..<80).map { "m\($0)" })
    }

    @Test(arguments: Database.allCases)
    func `the last page names no next, even when it is full`(database: Database) throws {
        let store = try database.make()
        _ = try store.openWriter().store((0..<4).map { try response("m\($0)", by: "a") }, at: at(1))
        let reader = try store.openReader()
        let first = try reader.records(in: nil, PageRequest(limit: 2))
        #expect(first.next == first.items.last?.position)
        let second = try reader.records(in: nil, PageRequest(after: first.next, limit: 2))
        #expect(second.items.count == 2 && second.next == nil)
        let beyond = try reader.records(in: nil, PageRequest(after: second.items.last?.position))
        #expect(beyond.items.isEmpty && beyond.next == nil)
    }

    @Test(arguments: Database.allCases)
    func `a page ends when its bytes are full, and has one record in any case`(database: Database) throws {
        let store = try database.make()
        let payloads = [10, 0, 90, 1, 200, 200, 0, 0, 5].map { String(repeating: "x", count: $0) }
        let responses = try payloads.enumerated().map { try response("m", "\($0)", by: "a", $1) }
        let writer = try store.openWriter()
        _ = try writer.store(responses, at: at(1))
        _ = try writer.store(responses.map { try response("m", $0.stateKey.key.text, by: "b", "no") }, at: at(1))
        let reader = try store.openReader()
        var request = PageRequest(maximumBytes: 100)
        var counts: [Int] = []
        while true {
            let page = try reader.records(of: Label("m"), request)
            counts.append(page.items.count)
            guard let next = page.next else { break }
            request.after = next
        }
        #expect(counts == [3, 2, 1, 3])
        let divergences = try reader.divergences(of: Label("m"), PageRequest(maximumBytes: 3))
        #expect(divergences.items.count == 2)
        #expect(try reader.divergences(of: Label("m"), PageRequest(after: divergences.next)).items.count == 7)
    }

    @Test(arguments: Database.allCases)
    func `a message or topic that nobody knows has an empty page`(database: Database) throws {
        let store = try database.make()
        _ = try store.openWriter().store([response("m", by: "a")], at: at(1))
        let reader = try store.openReader()
        #expect(try reader.records(of: "other").isEmpty)
        #expect(try reader.records(in: Label("orders"), PageRequest()).items.isEmpty)
        #expect(try reader.divergences(of: Label("m"), PageRequest()).items.isEmpty)
        #expect(try reader.responders(of: Label("other"), PageRequest()).items.isEmpty)
    }

    @Test(arguments: Database.allCases)
    func `responders are paged across the records of their message`(database: Database) throws {
        let store = try database.make()
        let writer = try store.openWriter()
        for key in ["x", "y"] {
            _ = try writer.store((0..<5).map { try response("m", key, by: "pod-\($0)") }, at: at(1))
        }
        for limit in 1...11 {
            let found = try store.openReader().allResponders(of: Label("m"), limit: limit)
            #expect(
                found.map { "\($0.key)\($0.responder)" }.sorted()
                    == ["x", "y"].flatMap { key in
                        (0..<5).map { "\(key)pod-\($0)" }
                    })
            #expect(found.allSatisfy { $0.answeredAt == at(1) && $0.retries == 0 })
            #expect(found[0].responder.text == "pod-0" && found[5].responder.text == "pod-0")
        }
    }
}
