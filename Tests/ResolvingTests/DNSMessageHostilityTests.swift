import Endpoints
import Testing

@testable import Resolving

/// What anybody may send: none of it may crash, hang or be believed.
struct DNSMessageHostilityTests {
    private static let samples: [AnswerBytes] = [
        AnswerBytes().answering(cname("b.example"), a("10.0.0.1", of: "b.example"), a("10.0.0.2", of: "b.example")),
        AnswerBytes(type: .aaaa).answering(aaaa("2001:db8::1"), aaaa("2001:db8::2")),
        AnswerBytes(name: "_udp._udp.headless.shop", type: .srv)
            .answering(srv("pod-0.headless.shop", port: 12_000), srv("pod-1.headless.shop", port: 12_001))
            .adding(a("10.0.0.1", of: "pod-0.headless.shop"), record(.opt, of: [0], class: 1_232, [])),
    ]

    /// Reads as far as it goes; the value is whether an answer came out.
    private func survives(_ bytes: [UInt8], _ question: DNSQuestion) -> Bool {
        do throws(DNSFault) {
            _ = try DNSMessage(bytes).answer(to: question)
            return true
        } catch {
            return false
        }
    }

    @Test(arguments: samples.indices) func `an answer that was cut anywhere is malformed`(index: Int) throws {
        let sample = DNSMessageHostilityTests.samples[index]
        let bytes = sample.bytes
        for count in 0..<bytes.count {
            #expect(!survives(Array(bytes.prefix(count)), try sample.question), "cut to \(count) bytes")
        }
        #expect(survives(bytes, try sample.question))
    }

    @Test(arguments: samples.indices) func `an answer with any bit flipped is read without harm`(index: Int) throws {
        let sample = DNSMessageHostilityTests.samples[index]
        let question = try sample.question
        var refused = 0
        for bit in 0..<(sample.bytes.count * 8) {
            var bytes = sample.bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            if !survives(bytes, question) { refused += 1 }
        }
        #expect(refused > sample.bytes.count)
    }

    @Test func `random bytes are read without harm`() throws {
        var generator = SeededGenerator(state: 1)
        let question = try AnswerBytes().question
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            #expect(!survives(bytes, question))
        }
    }

    @Test func `random bytes behind a good question are read without harm`() throws {
        var generator = SeededGenerator(state: 2)
        let question = try AnswerBytes().question
        var message = AnswerBytes()
        message.counts = [9, 9, 9]
        var refused = 0
        for _ in 0..<5_000 {
            let noise = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
                // Pointers and small numbers, which get further than evenly spread bytes.
                Bool.random(using: &generator) ? UInt8.random(in: 0...16, using: &generator) : 0xC0
            }
            if !survives(message.bytes + noise, question) { refused += 1 }
        }
        #expect(refused > 4_900)
    }

    @Test func `a name that points to itself is a loop`() {
        var message = AnswerBytes()
        let position = UInt8(message.bytes.count)
        message.answers = [record(.a, of: [0xC0, position], [10, 0, 0, 1])]
        #expect(throws: DNSFault.malformed("compression loop")) { try DNSMessage(message.bytes) }
    }

    @Test func `two names that point to each other are a loop`() {
        var message = AnswerBytes()
        let position = UInt8(message.bytes.count)
        message.answers = [record(.a, of: [0xC0, position + 2, 0xC0, position], [10, 0, 0, 1])]
        #expect(throws: DNSFault.malformed("compression loop")) { try DNSMessage(message.bytes) }
    }

    @Test func `a name that points ahead is refused`() {
        var message = AnswerBytes()
        message.answers = [record(.a, of: [0xC0, 0xFF], [10, 0, 0, 1])]
        #expect(throws: DNSFault.malformed("compression loop")) { try DNSMessage(message.bytes) }
    }

    @Test func `a chain of more than 127 pointers is refused`() {
        var message = AnswerBytes(type: .a)
        let first = message.bytes.count + 12
        var chain: [UInt8] = [0]
        for index in 0..<200 {
            let target = index == 0 ? first - 1 : first + 2 * (index - 1)
            chain += pair(0xC000 | UInt16(target))
        }
        message.answers = [record(RecordType(rawValue: 99), chain)]
        message.answers.append(record(.a, of: pair(0xC000 | UInt16(first + 2 * 199)), [10, 0, 0, 1]))
        #expect(throws: DNSFault.malformed("compression loop")) { try DNSMessage(message.bytes) }
    }

    @Test func `a name longer than 255 bytes is refused`() {
        let label = [63] + [UInt8](repeating: 0x61, count: 63)
        var message = AnswerBytes()
        message.answers = [record(.a, of: label + label + label + label + [0], [10, 0, 0, 1])]
        #expect(throws: DNSFault.malformed("name longer than 255 bytes")) { try DNSMessage(message.bytes) }
    }

    @Test(arguments: [UInt8(0x40), 0x80]) func `a label of an unknown kind is refused`(kind: UInt8) {
        var message = AnswerBytes()
        message.answers = [record(.a, of: [kind, 0], [10, 0, 0, 1])]
        #expect(throws: DNSFault.malformed("unknown kind of label")) { try DNSMessage(message.bytes) }
    }

    @Test func `counts beyond the records are malformed`() {
        var message = AnswerBytes().answering(a("10.0.0.1"))
        message.counts = [65_535, 65_535, 65_535]
        #expect(throws: DNSFault.malformed("ends inside a name")) { try DNSMessage(message.bytes) }
    }

    @Test func `the longest answer is read in full`() throws {
        var message = AnswerBytes()
        message.answers = (1...4_000).map { a("10.1.\($0 / 256).\($0 % 256)") }
        let answer = try DNSMessage(message.bytes).answer(to: try message.question)
        guard case .addresses(let addresses, _) = answer else {
            Issue.record("no addresses")
            return
        }
        #expect(Set(addresses).count == 4_000)
    }
}
