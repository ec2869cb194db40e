import Testing

@testable import Headcast

struct OrderTests {
    private let script = Script()

    private func ordered(_ change: (inout Subscription.Options) -> Void = { _ in }) -> Reading {
        let reading = Reading {
            $0.isOrdered = true
            change(&$0)
        }
        reading.read(script.heartbeat(first: 1, next: 1))
        return reading
    }

    @Test func `what is in order leaves at once`() {
        let reading = ordered()
        #expect(reading.read(script.plain(1)) == ["1"])
        #expect(reading.read(script.datagram(2, .whole(.init(2)), .whole(.init(3)))) == ["2", "3"])
    }

    @Test func `what came early waits for what is missing`() {
        let reading = ordered()
        #expect(reading.read(script.plain(1), script.plain(3), script.plain(4)) == ["1"])
        #expect(reading.read(script.plain(2)) == ["2", "3", "4"])
        #expect(reading.reader.heldBytes == 0)
    }

    @Test func `what is lost is waited for no longer`() {
        let reading = ordered()
        reading.read(script.plain(1), script.plain(3), script.plain(5))
        reading.now += 20
        reading.read(script.plain(7))
        #expect(reading.wait(30) == ["gap 2-2", "3", "gap 4-4", "5"])
        #expect(reading.wait(20) == ["gap 6-6", "7"])
        #expect(reading.read(script.plain(2)).isEmpty)
        #expect(reading.counters.lateDatagrams == 1)
    }

    @Test func `a split message keeps its place`() {
        let reading = ordered()
        let payload = [UInt8](repeating: 1, count: 50)
        let parts = script.split(.init(1, payload), from: 1, part: 20)
        #expect(reading.read(parts[0], parts[2], script.datagram(4, .whole(.init(2)))).isEmpty)
        #expect(reading.read(parts[1]) == ["1", "2"])
    }

    @Test func `a stream begins with what is seen first, and what comes below has no turn`() {
        let reading = Reading { $0.isOrdered = true }
        #expect(reading.read(script.plain(5), script.plain(4), script.plain(6)) == ["5", "6"])
        #expect(reading.wait(1_000).isEmpty)
        #expect(reading.counters.lateDatagrams == 1)
    }

    @Test func `any order of arrival is put right`() {
        let reading = ordered()
        var numbers = Array(UInt64(2)...400)
        var dice = SystemRandomNumberGenerator()
        numbers.shuffle(using: &dice)
        #expect(reading.read(numbers.map(script.plain)).isEmpty)
        #expect(reading.read(script.plain(1)) == (1...400).map { "\($0)" }, "arrived as \(numbers)")
        #expect(reading.reader.heldBytes == 0)
    }

    @Test func `the stream that holds most pays when too much is held`() {
        let cost = Reading().messages(of: [script.plain(1)]).reduce(0) { $0 + $1.cost }
        let reading = ordered { $0.heldBytes = 40 * cost }
        var other = script
        other.epoch += 1
        let others = ([1] + (3...15)).map { other.datagram($0, .whole(.init($0, id: UInt128($0) << 64))) }
        reading.read([script.plain(1)] + (3...30).map(script.plain))
        #expect(reading.reader.heldBytes == 28 * cost)
        #expect(reading.read(others.dropLast()).last == "1")
        #expect(reading.read(others.last ?? []) == ["gap 2-2"] + (3...30).map { "\($0)" })
        #expect(reading.reader.heldBytes == 13 * cost)
    }

    @Test func `the wait is what was asked for`() {
        let reading = ordered { $0.gapWait = .milliseconds(250) }
        #expect(reading.wait(200).isEmpty)
        reading.read(script.plain(1), script.plain(3))
        #expect(reading.wait(249).isEmpty)
        #expect(reading.wait(1) == ["gap 2-2", "3"])
    }

    @Test func `what waits is bounded: then the missing is given up early`() {
        let reading = ordered { $0.heldBytes = 1_200 }
        let large = { (number: UInt64) in
            script.datagram(number, .whole(.init(number, [UInt8](repeating: 0, count: 300))))
        }
        #expect(reading.read(large(1), large(3), large(5)) == ["1"])
        #expect(reading.read(large(6)) == ["gap 2-2", "3"])
        #expect(reading.read(large(4)) == ["4", "5", "6"])
        #expect(reading.reader.heldBytes == 0)
    }

    @Test func `sequences ascend, whatever comes`() {
        var dice = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let reading = ordered()
            var seen: [Int] = []
            for _ in 0..<200 {
                let number = UInt64.random(in: 1...100, using: &dice)
                seen += reading.read(script.plain(number)).compactMap { Int($0) }
                seen += reading.wait(Int.random(in: 0...3, using: &dice)).compactMap { Int($0) }
            }
            #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 < $1 })
            #expect(seen.count > 5)
        }
    }

    @Test func `streams do not wait for each other`() {
        let reading = ordered()
        var replica = script
        replica.source = 8
        reading.read(script.plain(2), replica.heartbeat(first: 1, next: 1))
        #expect(reading.wait(49).isEmpty)
        #expect(reading.wait(1) == ["gap 1-1", "2"])
        #expect(reading.read(replica.datagram(1, .whole(.init(1, id: 77)))) == ["1"])
    }
}
