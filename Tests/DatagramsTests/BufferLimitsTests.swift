import Datagrams
import Testing

struct BufferLimitsTests {
    @Test func `a socket gets more when it asks`() throws {
        let limits = try BufferLimits()
        #expect(limits.defaultReceiveBytes >= 2_304)
        #expect(limits.largestReceiveBytes >= limits.defaultReceiveBytes)
    }

    @Test(arguments: [(1, 768), (1_232, 2_304), (1_472, 2_304), (1_473, 2 * 2_304), (65_507, 45 * 2_304)])
    func `a datagram takes whole powers of two`(payloadBytes: Int, memory: Int) {
        #expect(BufferLimits.memory(ofDatagram: payloadBytes) == memory)
    }
}
