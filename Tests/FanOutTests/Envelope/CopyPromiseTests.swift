import Clocks
import Testing
import Wire

@testable import FanOut

struct CopyPromiseTests {
    private let start = Instant(nanoseconds: 1_000_000_000)

    /// What is promised `milliseconds` after the start, in milliseconds.
    private func promised(
        _ promise: CopyPromise, after milliseconds: Int64 = 0, owing bytes: Int = 0, to subscribers: Int = 1
    ) -> UInt32 {
        promise.milliseconds(
            owedBytes: bytes, subscribers: subscribers, burstBytes: 64 << 10, at: start + .milliseconds(milliseconds))
    }

    @Test func `it reaches a margin beyond the last copy that is due`() {
        var promise = CopyPromise(at: start)
        promise.extend(to: start + .milliseconds(40))
        promise.extend(to: start + .milliseconds(20))
        #expect(promised(promise) == 140)
        #expect(promised(promise, after: 30) == 110)
        #expect(promised(promise, after: 90) == 100)
    }

    @Test func `what waits to be sent adds the time it takes, by the pace and by the subscribers`() {
        let promise = CopyPromise(at: start)
        #expect(promised(promise, owing: 64 << 10) == 102)
        #expect(promised(promise, owing: 6 << 20) == 292)
        #expect(promised(promise, owing: 6 << 20, to: 1_000) == 12_100)
    }

    @Test func `copies that were late are reckoned with for ten seconds`() {
        var promise = CopyPromise(at: start)
        promise.noteCopy(due: start, at: start + .milliseconds(700))
        promise.noteCopy(due: start + .milliseconds(790), at: start + .milliseconds(800))
        #expect(promised(promise, after: 800) == 800)
        promise.noteCopy(due: start + .milliseconds(10_699), at: start + .milliseconds(10_700))
        #expect(promised(promise, after: 10_700) == 101)
    }

    @Test(arguments: [0, 1 << 40]) func `any backlog has a promise`(_ bytes: Int) {
        #expect(promised(CopyPromise(at: start), owing: bytes, to: 40_000) >= 100)
    }

    /// 1.2 MB at 8 KiB a millisecond: the last copies leave 200 ms after they are due.
    @Test func `no copy comes later than promised, however much waits`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint]) {
            $0.copies = 3
            $0.spacing = .milliseconds(20)
            $0.burstBytes = 8_192
        }
        for index in 0..<3 { try fixture.publish("\(index)", byteCount: 200_000) }
        var promises: [UInt64: Instant] = [:]
        var lastLeft: [UInt64: Instant] = [:]
        fixture.finish {
            for datagram in pod.received() {
                guard let header = try? Envelope(datagram.span.bytes).header, header.kind == .messages else { continue }
                lastLeft[header.number] = fixture.now.instant
                guard promises[header.number] == nil else { continue }
                promises[header.number] = fixture.now.instant + .milliseconds(Int64(header.copyMilliseconds))
            }
        }
        #expect(promises.count > 500)
        var last = start
        for number in promises.keys.sorted() {
            let until = try #require(promises[number])
            #expect(last <= until, "a copy below \(number) came \((last - until).nanoseconds / 1_000_000) ms too late")
            last = max(last, lastLeft[number] ?? last)
        }
    }
}
