import Clocks
import Testing

@testable import headcast_benchmark

struct PayloadTests {
    private let payload = Payload(count: 200)

    @Test func `a payload is intact whatever its stamp`() {
        var bytes = payload.bytes
        #expect(bytes.count == 200)
        bytes[3] = UInt8(ascii: "f")
        let isIntact = payload.isIntact(bytes.span.bytes)
        #expect(isIntact)
    }

    @Test(arguments: [24, 100, 199]) func `a payload with another byte in its filling is not intact`(index: Int) {
        var bytes = payload.bytes
        bytes[index] ^= 1
        let isIntact = payload.isIntact(bytes.span.bytes)
        #expect(!isIntact)
    }

    @Test(arguments: [0, 24, 199, 201]) func `a payload of another length is not intact`(count: Int) {
        let bytes = Array((payload.bytes + [0]).prefix(count))
        let isIntact = payload.isIntact(bytes.span.bytes)
        #expect(!isIntact)
    }

    @Test func `a stamp is read as it was written`() {
        let bytes = Array("00000000000000ff0000000aand what follows".utf8)
        let stamp = Payload.stamp(of: bytes.span.bytes)
        #expect(stamp?.nanoseconds == 255)
        #expect(stamp?.number == 10)
    }

    @Test(arguments: [(0, 0), (255, 10), (Int64.max, UInt32.max)])
    func `a stamp is written as it is read, and the filling stays`(nanoseconds: Int64, number: UInt32) {
        let stamped = payload.stamped(number, at: Instant(nanoseconds: nanoseconds))
        let stamp = Payload.stamp(of: stamped.bytes.span.bytes)
        #expect(stamp?.nanoseconds == nanoseconds)
        #expect(stamp?.number == number)
        let isIntact = payload.isIntact(stamped.bytes.span.bytes)
        #expect(isIntact)
    }

    @Test(arguments: ["", "00000000000000ff000000", "00000000000000FF0000000a", "0x000000000000ff0000000a"])
    func `what is no stamp has none`(text: String) {
        let bytes = Array(text.utf8)
        let stamp = Payload.stamp(of: bytes.span.bytes)
        #expect(stamp == nil)
    }
}
