import Endpoints
import Testing

@testable import Resolving

/// The bytes of an answer, written by hand so that tests depend on no encoder of the product.
struct AnswerBytes {
    var id: UInt16 = 0x1234
    var flags: UInt16 = 0x8180
    var name = "headless.shop.svc.cluster.local"
    var type = RecordType.a
    var answers: [[UInt8]] = []
    var authorities: [[UInt8]] = []
    var additionals: [[UInt8]] = []

    /// Claimed instead of the true numbers of records.
    var counts: [UInt16]?

    init(name: String = "headless.shop.svc.cluster.local", type: RecordType = .a) {
        self.name = name
        self.type = type
    }

    var question: DNSQuestion {
        get throws { DNSQuestion(name: try #require(DNSName(name)), type: type) }
    }

    var bytes: [UInt8] {
        var bytes = pair(id) + pair(flags) + pair(1)
        for count in counts ?? [answers, authorities, additionals].map({ UInt16($0.count) }) { bytes += pair(count) }
        bytes += wireName(name) + pair(type.rawValue) + pair(1)
        for record in answers + authorities + additionals { bytes += record }
        return bytes
    }

    func code(_ code: UInt16) -> AnswerBytes {
        var copy = self
        copy.flags = flags & 0xFFF0 | code
        return copy
    }

    func truncated() -> AnswerBytes {
        var copy = self
        copy.flags |= 0x0200
        return copy
    }

    func answering(_ records: [UInt8]...) -> AnswerBytes {
        var copy = self
        copy.answers += records
        return copy
    }

    func adding(_ records: [UInt8]...) -> AnswerBytes {
        var copy = self
        copy.additionals += records
        return copy
    }

    func authorized(by records: [UInt8]...) -> AnswerBytes {
        var copy = self
        copy.authorities += records
        return copy
    }
}

func pair(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)] }

func wireName(_ name: String) -> [UInt8] {
    name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
}

/// A pointer to the name of the question.
let questionName: [UInt8] = [0xC0, 12]

func record(
    _ type: RecordType, of name: [UInt8] = questionName, ttl: UInt32 = 5, class recordClass: UInt16 = 1, _ data: [UInt8]
) -> [UInt8] {
    let time = pair(UInt16(ttl >> 16)) + pair(UInt16(truncatingIfNeeded: ttl))
    return name + pair(type.rawValue) + pair(recordClass) + time + pair(UInt16(data.count)) + data
}

func a(_ address: String, of name: String? = nil, ttl: UInt32 = 5) -> [UInt8] {
    let bits = IPAddress(address)?.v4 ?? 0
    let data = pair(UInt16(bits >> 16)) + pair(UInt16(truncatingIfNeeded: bits))
    return record(.a, of: name.map(wireName) ?? questionName, ttl: ttl, data)
}

func aaaa(_ address: String, of name: String? = nil, ttl: UInt32 = 5) -> [UInt8] {
    let bits = IPAddress(address)?.bits ?? 0
    let data = (0..<16).map { UInt8(truncatingIfNeeded: bits >> (120 - 8 * UInt128($0))) }
    return record(.aaaa, of: name.map(wireName) ?? questionName, ttl: ttl, data)
}

func cname(_ target: String, of name: String? = nil, ttl: UInt32 = 5) -> [UInt8] {
    record(.cname, of: name.map(wireName) ?? questionName, ttl: ttl, wireName(target))
}

func srv(_ target: String, port: UInt16, ttl: UInt32 = 5) -> [UInt8] {
    record(.srv, ttl: ttl, [0, 0, 0, 100] + pair(port) + wireName(target))
}

/// Random numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 32 | state << 32
    }
}
