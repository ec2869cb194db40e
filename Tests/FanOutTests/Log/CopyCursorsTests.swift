import Clocks
import Testing

@testable import FanOut

struct CopyCursorsTests {
    /// A log whose datagrams are followed by cursors, as a topic does it.
    private final class Trail {
        let fixture: LogFixture
        var cursors = CopyCursors()
        var overruns: [String] = []

        init(ringBytes: Int = 1 << 16) throws {
            fixture = try LogFixture(ringBytes: ringBytes)
        }

        @discardableResult
        func append(copies: Int, spacing: Duration, length: Int = 1) -> UInt64 {
            let oldest = fixture.oldest(after: length)
            cursors.skip(before: oldest, in: fixture.log) { number, copy in overruns.append("\(number)/\(copy)") }
            let number = fixture.append(Array(repeating: 0, count: length), copies: copies, spacing: spacing)
            cursors.follow(number, copies: copies, spacing: spacing)
            return number
        }

        /// What is due next: `number/copy`.
        func earliest() -> (name: String, due: Instant)? {
            cursors.earliest(in: fixture.log).map { ("\($0.cursor.number)/\($0.cursor.copy)", $0.due) }
        }

        /// Sends one datagram's copy that is due next and names it.
        func send() -> String? {
            guard let (cursor, _) = cursors.earliest(in: fixture.log) else { return nil }
            cursors.advance(spacing: cursor.spacing, copy: cursor.copy, to: cursor.number + 1)
            return "\(cursor.number)/\(cursor.copy)"
        }

        func sendAll() -> [String] {
            var sent: [String] = []
            while let name = send() { sent.append(name) }
            return sent
        }
    }

    private let short: Duration = .milliseconds(10)
    private let long: Duration = .milliseconds(25)

    @Test func `a single copy needs no cursor`() throws {
        let trail = try Trail()
        trail.append(copies: 1, spacing: short)
        #expect(trail.cursors.active.isEmpty)
        #expect(trail.cursors.lowest == nil)
        #expect(trail.earliest() == nil)
    }

    @Test func `a further copy is due a spacing after the one before`() throws {
        let trail = try Trail()
        let now = trail.fixture.now
        trail.append(copies: 3, spacing: short)
        #expect(trail.earliest()?.due == now + short)
        #expect(trail.send() == "1/1")
        #expect(trail.earliest()?.due == now + short * 2)
        #expect(trail.send() == "1/2")
        #expect(trail.earliest() == nil)
    }

    @Test func `copies leave in the order in which they are due`() throws {
        let trail = try Trail()
        for _ in 0..<3 {
            trail.append(copies: 3, spacing: short)
            trail.fixture.now = trail.fixture.now + .milliseconds(4)
        }
        #expect(trail.sendAll() == ["1/1", "2/1", "3/1", "1/2", "2/2", "3/2"])
    }

    @Test func `copies that are all overdue at once leave in order`() throws {
        let trail = try Trail()
        for _ in 0..<2 { trail.append(copies: 3, spacing: .zero) }
        #expect(trail.sendAll() == ["1/1", "2/1", "1/2", "2/2"])
    }

    @Test func `two spacings do not hold up each other`() throws {
        let trail = try Trail()
        trail.append(copies: 2, spacing: long)
        trail.append(copies: 3, spacing: short)
        trail.append(copies: 1, spacing: short)
        trail.append(copies: 2, spacing: long)
        #expect(trail.cursors.active.count == 3)
        #expect(trail.sendAll() == ["2/1", "2/2", "1/1", "4/1"])
    }

    @Test func `datagrams of fewer copies are passed by`() throws {
        let trail = try Trail()
        for copies in [3, 1, 2, 3, 1] { trail.append(copies: copies, spacing: short) }
        let sent = trail.sendAll()
        #expect(sent.filter { $0.hasSuffix("/1") } == ["1/1", "3/1", "4/1"])
        #expect(sent.filter { $0.hasSuffix("/2") } == ["1/2", "4/2"])
        #expect(sent.count == 5)
    }

    @Test func `a cursor ends with the last datagram that wants it and comes back with the next`() throws {
        let trail = try Trail()
        trail.append(copies: 2, spacing: short)
        trail.append(copies: 1, spacing: short)
        #expect(trail.sendAll() == ["1/1"])
        #expect(trail.cursors.active.isEmpty)
        trail.append(copies: 2, spacing: short)
        #expect(trail.cursors.lowest == 3)
        #expect(trail.sendAll() == ["3/1"])
    }

    @Test func `a copy may not pass the copy before it`() throws {
        let trail = try Trail()
        for _ in 0..<4 { trail.append(copies: 3, spacing: short) }
        let second = try #require(trail.cursors.active.first { $0.copy == 2 })
        #expect(trail.cursors.limit(of: second, firstCopies: 5) == 1)
        trail.cursors.advance(spacing: short, copy: 1, to: 3)
        #expect(trail.cursors.limit(of: second, firstCopies: 5) == 3)
        trail.cursors.advance(spacing: short, copy: 1, to: 5)
        #expect(trail.cursors.limit(of: second, firstCopies: 5) == 5)
    }

    @Test func `a further copy may not pass the first copies`() throws {
        let trail = try Trail()
        for _ in 0..<4 { trail.append(copies: 2, spacing: short) }
        let cursor = trail.cursors.active[0]
        #expect(trail.cursors.limit(of: cursor, firstCopies: 3) == 3)
    }

    @Test func `a cursor may not pass its last datagram`() throws {
        let trail = try Trail()
        trail.append(copies: 2, spacing: short)
        trail.append(copies: 2, spacing: long)
        #expect(trail.cursors.limit(of: trail.cursors.active[0], firstCopies: 3) == 2)
    }

    @Test func `copies that the log overtakes are told, each once`() throws {
        let trail = try Trail(ringBytes: 4_096)
        trail.append(copies: 3, spacing: short, length: 1_000)
        trail.append(copies: 1, spacing: short, length: 1_000)
        trail.append(copies: 2, spacing: short, length: 1_000)
        trail.append(copies: 2, spacing: short, length: 1_000)
        #expect(trail.send() == "1/1")
        trail.append(copies: 1, spacing: short, length: 3_000)
        #expect(Set(trail.overruns) == ["1/2", "3/1"])
        #expect(trail.overruns.count == 2)
        #expect(trail.sendAll() == ["4/1"])
    }

    @Test func `a cursor that is overtaken altogether ends`() throws {
        let trail = try Trail(ringBytes: 4_096)
        trail.append(copies: 16, spacing: short, length: 4_096)
        trail.append(copies: 1, spacing: short, length: 1)
        #expect(trail.overruns.count == 15)
        #expect(trail.cursors.active.isEmpty)
    }

    @Test func `eight spacings are taken at once and the ninth when one has ended`() throws {
        let trail = try Trail()
        for step in 1...CopyCursors.maximumSpacings { trail.append(copies: 3, spacing: short * step) }
        #expect(!trail.cursors.accepts(spacing: .seconds(9)))
        #expect(trail.cursors.accepts(spacing: short))
        while trail.cursors.active.contains(where: { $0.spacing == short }) { _ = trail.send() }
        #expect(trail.cursors.accepts(spacing: .seconds(9)))
    }

    @Test func `a copy is pending until its cursor has passed`() throws {
        let trail = try Trail()
        trail.append(copies: 3, spacing: short)
        trail.append(copies: 3, spacing: short)
        func pending() -> [Bool] {
            [(1, 1), (2, 1), (1, 2), (2, 2)].map { number, copy in
                trail.cursors.isPending(spacing: short, copy: copy, number: number)
            }
        }
        #expect(pending() == [true, true, true, true])
        #expect(trail.send() == "1/1")
        #expect(pending() == [false, true, true, true])
        _ = trail.sendAll()
        #expect(pending() == [false, false, false, false])
        #expect(!trail.cursors.isPending(spacing: long, copy: 1, number: 1))
    }

    @Test(arguments: 1...10)
    func `every copy is sent or told to be overtaken, once, and in order per spacing`(_ seed: UInt64) throws {
        let trail = try Trail(ringBytes: 4_096)
        var dice = Dice(seed)
        var expected: Set<String> = []
        var sent: [String] = []
        var order: [String: UInt64] = [:]
        for _ in 0..<3_000 {
            if dice.roll(0...2) == 0 {
                let copies = dice.roll(1...4)
                let spacing = short * dice.roll(1...4)
                let number = trail.append(copies: copies, spacing: spacing, length: dice.roll(0...400))
                for copy in 1..<max(copies, 1) { expected.insert("\(number)/\(copy)") }
            } else if let (cursor, due) = trail.cursors.earliest(in: trail.fixture.log), due <= trail.fixture.now {
                let key = "\(cursor.spacing)/\(cursor.copy)"
                #expect(order[key, default: 0] < cursor.number)
                order[key] = cursor.number
                #expect(cursor.serves(trail.fixture.log[cursor.number]))
                #expect(cursor.number < trail.cursors.limit(of: cursor, firstCopies: trail.fixture.log.next))
                sent.append("\(cursor.number)/\(cursor.copy)")
                trail.cursors.advance(spacing: cursor.spacing, copy: cursor.copy, to: cursor.number + 1)
            }
            trail.fixture.now = trail.fixture.now + .microseconds(dice.roll(0...2_000))
        }
        sent += trail.sendAll()
        #expect(Set(sent + trail.overruns) == expected)
        #expect(sent.count + trail.overruns.count == expected.count)
        #expect(!trail.overruns.isEmpty && sent.count > 100)
    }
}
