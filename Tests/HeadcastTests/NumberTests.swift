import Testing

@testable import Headcast

/// Copies, reordering and gaps.
struct NumberTests {
    private let script = Script()

    @Test func `each datagram is read once`() {
        let reading = Reading()
        #expect(reading.read(script.plain(1), script.plain(1), script.plain(2), script.plain(1)) == ["1", "2"])
        #expect(reading.counters.duplicateDatagrams == 2)
        #expect(reading.counters.messages == 2)
        #expect(reading.counters.datagrams == 4)
        #expect(reading.wait == nil)
    }

    @Test func `a duplicate is an event on request`() {
        let reading = Reading { $0.reportsDuplicates = true }
        #expect(reading.read(script.plain(1), script.plain(1)) == ["1", "copy of 1"])
    }

    @Test func `a datagram that comes a little late is no gap`() {
        let reading = Reading()
        #expect(reading.read(script.plain(1), script.plain(3)) == ["1", "3"])
        #expect(reading.wait == 50)
        #expect(reading.wait(49).isEmpty)
        #expect(reading.read(script.plain(2)) == ["2"])
        #expect(reading.wait == nil)
        #expect(reading.wait(1_000).isEmpty)
    }

    @Test func `what is missing for too long is a gap, once`() {
        let reading = Reading()
        reading.read(script.plain(1), script.plain(5), script.plain(7))
        #expect(reading.wait(50) == ["gap 2-4", "gap 6-6"])
        #expect(reading.wait(1_000).isEmpty)
        #expect(reading.counters.gaps == 2)
        #expect(reading.counters.lostDatagrams == 4)
    }

    @Test func `no gap is declared while copies may come`() {
        var script = script
        script.copyMilliseconds = 200
        let reading = Reading()
        reading.read(script.plain(1), script.plain(3))
        #expect(reading.wait(249).isEmpty)
        #expect(reading.read(script.plain(2)) == ["2"])
        reading.read(script.plain(5))
        #expect(reading.wait(250) == ["gap 4-4"])
    }

    @Test func `the time for copies counts from what tells of them first`() {
        var script = script
        script.copyMilliseconds = 200
        let reading = Reading()
        reading.read(script.plain(1), script.plain(3))
        #expect(reading.wait(100).isEmpty)
        reading.read(script.plain(4))
        #expect(reading.wait(150) == ["gap 2-2"])
        // And a datagram that announces fewer copies shortens it.
        reading.read(script.plain(6))
        script.copyMilliseconds = 0
        reading.read(script.plain(7))
        #expect(reading.wait(50) == ["gap 5-5"])
    }

    @Test func `what comes after it was given up is read all the same, and counted`() {
        let reading = Reading()
        reading.read(script.plain(1), script.plain(6))
        #expect(reading.wait(50) == ["gap 2-5"])
        #expect(reading.read(script.plain(3), script.plain(3), script.plain(1)) == ["3"])
        #expect(reading.counters.lateDatagrams == 1)
        #expect(reading.counters.duplicateDatagrams == 2)
    }

    @Test func `what was sent before the first datagram is not missing, and is taken when it comes`() {
        let reading = Reading()
        #expect(reading.read(script.plain(5)) == ["5"])
        #expect(reading.wait == nil)
        #expect(reading.read(script.plain(4), script.plain(4), script.plain(2)) == ["4", "2"])
        #expect(reading.counters.duplicateDatagrams == 1)
        // What lies between two that were sent was sent.
        #expect(reading.wait(50) == ["gap 3-3"])
    }

    @Test func `numbers go as far as they can`() {
        let reading = Reading()
        #expect(reading.read(script.plain(1), script.plain(.max)) == ["1", "\(UInt64.max)"])
        #expect(reading.wait(50) == ["gap 2-\(UInt64.max - 1)"])
        #expect(reading.read(script.plain(.max), script.heartbeat(first: .max, next: .max)).isEmpty)
        #expect(reading.counters.lostDatagrams == UInt64.max - 2)
    }

    @Test func `any order of datagrams with copies gives each once`() {
        var dice = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let reading = Reading()
            let numbers = (1...40 as ClosedRange<UInt64>).shuffled(using: &dice)
            let copies = (numbers + numbers).shuffled(using: &dice)
            var seen: [String] = []
            for number in copies { seen += reading.read(script.plain(number)) }
            #expect(seen.sorted() == numbers.map { "\($0)" }.sorted())
            #expect(reading.wait(10_000).isEmpty)
        }
    }

    @Test func `the gaps are what is lost, whatever the order`() {
        var dice = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let reading = Reading()
            let kept = (1...60 as ClosedRange<UInt64>).filter { _ in Bool.random(using: &dice) }
            reading.read(script.heartbeat(first: 1, next: 1))
            reading.read(kept.shuffled(using: &dice).map(script.plain))
            reading.read(script.heartbeat(first: 1, next: 61))
            let lost = reading.eventsAfter(50).flatMap { event in
                if case .gap(let gap) = event { Array(gap.numbers) } else { [UInt64]() }
            }
            #expect(lost == (1...60).filter { !kept.contains($0) })
        }
    }
}
