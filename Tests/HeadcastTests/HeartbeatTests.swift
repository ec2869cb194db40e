import Testing

@testable import Headcast

struct HeartbeatTests {
    private let script = Script()

    @Test func `a lost tail is a gap`() {
        let reading = Reading()
        #expect(reading.read(script.plain(1), script.heartbeat(first: 1, next: 4)) == ["1"])
        #expect(reading.wait(50) == ["gap 2-3"])
        #expect(reading.read(script.heartbeat(first: 1, next: 4)).isEmpty)
        #expect(reading.wait(50).isEmpty)
        #expect(reading.counters.heartbeats == 2)
    }

    @Test func `a lost beginning is a gap`() {
        let reading = Reading()
        reading.read(script.plain(5), script.heartbeat(first: 3, next: 6))
        #expect(reading.wait(50) == ["gap 3-4"])
    }

    @Test func `a loss of everything is a gap`() {
        let reading = Reading()
        #expect(reading.read(script.heartbeat(first: 3, next: 6)).isEmpty)
        #expect(reading.wait(50) == ["gap 3-5"])
    }

    @Test func `a heartbeat before the first datagram tells where the stream begins`() {
        let reading = Reading()
        reading.read(script.heartbeat(first: 7, next: 7))
        #expect(reading.wait == nil)
        #expect(reading.read(script.plain(8)) == ["8"])
        #expect(reading.wait(50) == ["gap 7-7"])
    }

    @Test func `what was not meant for this subscriber is not missing, and is taken when it comes`() {
        let reading = Reading()
        reading.read(script.heartbeat(first: 7, next: 8))
        #expect(reading.read(script.plain(6), script.plain(7)) == ["6", "7"])
        #expect(reading.wait == nil)
    }

    @Test func `a first number that moves on hides nothing that was missed`() {
        let reading = Reading()
        reading.read(script.plain(1), script.heartbeat(first: 100, next: 110))
        #expect(reading.wait(50) == ["gap 2-109"])
    }

    @Test func `what came before the first datagram and was told of later is missing without it`() {
        let reading = Reading()
        #expect(reading.read(script.plain(9), script.plain(6)) == ["9", "6"])
        reading.read(script.heartbeat(first: 5, next: 10))
        #expect(reading.wait(50) == ["gap 5-5", "gap 7-8"])
        #expect(reading.read(script.plain(4)) == ["4"])
    }

    @Test func `copies are waited for after a heartbeat, too`() {
        var script = script
        script.copyMilliseconds = 100
        let reading = Reading()
        reading.read(script.plain(1), script.heartbeat(first: 1, next: 3))
        #expect(reading.wait(149).isEmpty)
        #expect(reading.read(script.plain(2)) == ["2"])
        #expect(reading.wait(1_000).isEmpty)
    }

    @Test func `a heartbeat of a gateway that began anew is an epoch change, and what it lost is a gap`() {
        var later = script
        later.source = 8
        later.epoch += 1
        let reading = Reading()
        reading.read(script.plain(1))
        #expect(reading.read(later.heartbeat(first: 1, next: 3)) == ["epoch \(later.epoch) after \(script.epoch)"])
        #expect(reading.read(later.plain(2)).isEmpty == false)
        #expect(reading.wait(50) == ["gap 1-1"])
    }
}
