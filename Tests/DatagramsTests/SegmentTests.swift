import Datagrams
import Endpoints
import Testing

@Suite(.enabled(if: SegmentationProbe.run(), "this kernel has no UDP_SEGMENT"))
struct SegmentTests {
    @Test func `segments arrive apart`() throws {
        let pods = [try Pod("127.0.0.2"), try Pod("::1")]
        let bytes = (0..<25).map { UInt8($0) }
        #expect(try Pod.sender().send(bytes, to: pods.map(\.endpoint), segment: 10) == .sent(2))
        for pod in pods {
            #expect(pod.next()?.bytes == Array(0..<10))
            #expect(pod.next()?.bytes == Array(10..<20))
            #expect(pod.next()?.bytes == Array(20..<25))
        }
    }

    @Test func `single sends and runs of any segment follow each other`() throws {
        let receiver = try Pod("127.0.0.2")
        let sender = try Pod.sender()
        let batch = SendBatch([receiver.endpoint], family: sender.socket.family)
        var ring = try ByteRing(capacity: 1)
        let bytes: [UInt8] = [1, 2, 3, 4]
        ring.write(bytes.span.bytes, at: 0)
        for segment in [nil, 2, nil, 3, 2, 2, nil] as [UInt16?] {
            let result = batch.send(ring, at: 0, byteCount: 4, segment: segment, to: 0..<1, on: sender.socket)
            #expect(result == .sent(1))
            let length = Int(segment ?? 4)
            for start in stride(from: 0, to: 4, by: length) {
                #expect(receiver.next()?.bytes == Array(bytes[start..<min(4, start + length)]))
            }
        }
    }

    @Test func `64 segments are taken`() throws {
        let receiver = try Pod("127.0.0.2")
        let bytes = (0..<640).map { UInt8($0 / 10) }
        #expect(try Pod.sender().send(bytes, to: [receiver.endpoint], segment: 10) == .sent(1))
        for index in 0..<64 as Range<UInt8> {
            #expect(receiver.next()?.bytes == Array(repeating: index, count: 10))
        }
    }

    @Test func `segments of 65507 bytes in all are taken`() throws {
        let receiver = try Pod("127.0.0.2")
        let bytes = [UInt8](repeating: 1, count: 65_507)
        #expect(try Pod.sender().send(bytes, to: [receiver.endpoint], segment: 32_754) == .sent(1))
        #expect(receiver.next()?.bytes.count == 32_754)
        #expect(receiver.next()?.bytes.count == 32_753)
    }

    @Test func `the probe finds the same every time`() {
        for _ in 0..<200 { #expect(SegmentationProbe.run()) }
    }
}
