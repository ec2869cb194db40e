import Testing

@testable import Wire

struct EnvelopeTests {
    private func read(_ bytes: [UInt8]) throws(EnvelopeFault) -> Envelope { try Envelope(bytes.span.bytes) }

    private func fault(of bytes: [UInt8]) -> EnvelopeFault? {
        do throws(EnvelopeFault) {
            _ = try read(bytes)
            return nil
        } catch {
            return error
        }
    }

    private func records(of bytes: [UInt8]) throws -> [(Envelope.Record, [UInt8])] {
        var records: [(Envelope.Record, [UInt8])] = []
        try read(bytes).forEachRecord(in: bytes.span.bytes) { record in
            switch record {
            case .start(_, let part), .continuation(_, _, let part): records.append((record, Array(bytes[part])))
            }
        }
        return records
    }

    @Test func `what is written is read back`() throws {
        var building = Building(padding: 20)
        building.header.copyMilliseconds = 100
        let first = MessageHead.test(body: Array("hello".utf8))
        let second = MessageHead.test(sequence: 2, body: [])
        let third = MessageHead.test(sequence: 3, body: [UInt8](repeating: 7, count: 5_000), attributeBytes: 12)
        building.start(first, Array("hello".utf8))
        building.start(second, [])
        building.start(third, [UInt8](repeating: 7, count: 5_000), part: 9)
        building.continuation(third, offset: 9, [7, 7])
        let bytes = building.bytes
        let envelope = try read(bytes)
        #expect(envelope.header == building.header)
        #expect(Array(bytes[envelope.topic]) == Array("orders".utf8))
        #expect(envelope.content.count == building.content.count)
        let records = try records(of: bytes)
        #expect(records.map(\.1) == [Array("hello".utf8), [], [UInt8](repeating: 7, count: 9), [7, 7]])
        let heads = records.compactMap { if case .start(let head, _) = $0.0 { head } else { nil } }
        #expect(heads == [first, second, third])
        guard case .continuation(3, 9, _) = records[3].0 else {
            Issue.record("\(records[3])")
            return
        }
    }

    @Test func `a heartbeat is read back`() throws {
        var building = Building()
        building.header = EnvelopeHeader(kind: .heartbeat, source: 1, epoch: 0, number: 0)
        let encoded = Heartbeat(first: 4, next: 9).encoded
        building.content = encoded.indices.map { encoded[$0] } + [1, 2, 3]
        let bytes = building.bytes
        #expect(try read(bytes).heartbeat(in: bytes.span.bytes) == Heartbeat(first: 4, next: 9))
    }

    @Test(arguments: [[], [0xF5], [0xF5, 0x48], Array("hello".utf8), Array("{\"id\":1}".utf8), [0xF5, 0x48, 0x44, 1]])
    func `anything else is not enveloped`(bytes: [UInt8]) {
        #expect(fault(of: bytes) == .notEnveloped)
    }

    @Test func `a datagram cut anywhere is refused`() {
        var building = Building()
        building.start(.test(body: Array("hello".utf8)), Array("hello".utf8))
        let bytes = building.bytes
        for count in 3..<bytes.count { #expect(fault(of: Array(bytes.prefix(count))) != nil, "\(count)") }
    }

    /// What is wrong with a datagram in which some bytes were changed.
    private func fault(changing changes: [Int: UInt8]) -> EnvelopeFault? {
        var building = Building()
        building.start(.test(body: Array("hello".utf8)), Array("hello".utf8))
        var bytes = building.bytes
        for (offset, value) in changes { bytes[offset] = value }
        return fault(of: bytes)
    }

    @Test func `each field is checked`() {
        let record = 36 + 6
        #expect(fault(changing: [3: 2]) == .unknownVersion(2))
        #expect(fault(changing: [4: 9]) == .unknownKind(9))
        #expect(fault(changing: [5: 0x80]) == .notUnderstood)
        #expect(fault(changing: [5: 0x0F]) == nil)
        #expect(fault(changing: [11: 0xFF]) == nil)
        #expect(fault(changing: [7: 41]) == .malformed("lengths that do not fit"))
        #expect(fault(changing: [8: 1]) == .malformed("lengths that do not fit"))
        #expect(fault(changing: [10: 0]) != nil)
        #expect(fault(changing: [16: 0x80]) == .malformed("negative epoch"))
        #expect(fault(changing: [31: 0]) == .malformed("number 0"))
        #expect(fault(changing: [36: 0x20]) == .malformed("topic"))
        #expect(fault(changing: [record + 1: 3]) == .malformed("record beyond the content"))
        #expect(fault(changing: [record + 1: 54]) == .malformed("record beyond the content"))
        #expect(fault(changing: [record + 1: 20]) == .malformed("start of 20 bytes"))
        #expect(fault(changing: [record + 2: 99]) == nil)
        #expect(fault(changing: [record + 11: 0]) == .malformed("sequence 0"))
        #expect(fault(changing: [record + 28: 0x80]) == .malformed("negative publishedAt"))
        #expect(fault(changing: [record + 40: 0xFF]) != nil)
        #expect(fault(changing: [record + 43: 4]) == .malformed("body of 4 bytes"))
        #expect(fault(changing: [record + 45: 6]) == .malformed("body of 5 bytes"))
    }

    @Test func `fields of the header are skipped, or refused where they are critical`() {
        var building = Building()
        building.fields = [1, 20] + [UInt8](repeating: 9, count: 20) + [77, 0]
        #expect(fault(of: building.bytes) == nil)
        building.fields = [128, 0]
        #expect(fault(of: building.bytes) == .notUnderstood)
        building.fields = [1]
        #expect(fault(of: building.bytes) == .malformed("field without a length"))
        building.fields = [1, 5, 0]
        #expect(fault(of: building.bytes) == .malformed("field beyond the header"))
    }

    @Test(arguments: [2, 3, 4] as [UInt8])
    func `a datagram of another kind has no records, whatever its content looks like`(kind: UInt8) throws {
        var building = Building()
        building.content = [UInt8](repeating: 0, count: 16)
        building.content[7] = 1
        building.content[15] = 1
        building.content[2] = 1
        building.content[10] = 1
        var bytes = building.bytes
        bytes[4] = kind
        let envelope = try Envelope(bytes.span.bytes)
        envelope.forEachRecord(in: bytes.span.bytes) { Issue.record("\($0)") }
    }

    @Test func `random changes crash nothing and read nothing beyond`() {
        var dice = SystemRandomNumberGenerator()
        var building = Building(padding: 3)
        building.start(.test(body: Array("hello".utf8)), Array("hello".utf8))
        building.continuation(.test(sequence: 2), offset: 3, [1, 2, 3])
        let whole = building.bytes
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &dice) {
                bytes[Int.random(in: 0..<bytes.count, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
            }
            bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &dice)))
            guard let envelope = try? read(bytes) else { continue }
            envelope.forEachRecord(in: bytes.span.bytes) { record in
                switch record {
                case .start(_, let part), .continuation(_, _, let part):
                    #expect(part.upperBound <= envelope.content.upperBound)
                }
            }
        }
    }
}
