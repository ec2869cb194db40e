/// A nameserver's answer, taken apart (RFC 1035, section 4).
///
/// Made from bytes that anybody may have sent: reading them never crashes, takes time in proportion to their number and
/// keeps nothing of what they merely claim.
package struct DNSMessage: Sendable {
    package let question: DNSQuestion
    package let isTruncated: Bool
    package let isAuthoritative: Bool

    /// The response code with the upper bits that EDNS adds (RFC 6891, section 6.1.3).
    package private(set) var code: UInt16

    package private(set) var answers: [DNSRecord] = []
    package private(set) var authorities: [DNSRecord] = []
    package private(set) var additionals: [DNSRecord] = []

    package init(_ bytes: [UInt8]) throws(DNSFault) {
        var reader = DNSReader(bytes)
        _ = try reader.uint16()
        let flags = try reader.uint16()
        guard flags & 0x8000 != 0 else { throw .malformed("a question instead of an answer") }
        guard flags & 0x7800 == 0 else { throw .malformed("answer to another operation than a query") }
        isAuthoritative = flags & 0x0400 != 0
        isTruncated = flags & 0x0200 != 0
        code = flags & 0x000F

        let questionCount = try reader.uint16()
        let counts = [try reader.uint16(), try reader.uint16(), try reader.uint16()]
        guard questionCount == 1 else { throw .malformed("\(questionCount) questions instead of 1") }
        question = DNSQuestion(name: try reader.name(), type: RecordType(rawValue: try reader.uint16()))
        guard try reader.uint16() == 1 else { throw .malformed("question of another class than IN") }

        do {
            try DNSMessage.read(counts[0], from: &reader, into: &answers)
            try DNSMessage.read(counts[1], from: &reader, into: &authorities)
            try DNSMessage.read(counts[2], from: &reader, into: &additionals)
        } catch {
            // Some servers cut a truncated answer inside a record or leave the counts of the whole one.
            guard isTruncated else { throw error }
        }
        if let options = additionals.first(where: { $0.type == .opt }) {
            code |= UInt16(options.timeToLive >> 24) << 4
        }
    }

    /// Reads `count` records; memory grows with what was read, not with `count`.
    private static func read(
        _ count: UInt16, from reader: inout DNSReader, into records: inout [DNSRecord]
    ) throws(DNSFault) {
        for _ in 0..<count {
            if let record = try reader.record() { records.append(record) }
        }
    }
}
