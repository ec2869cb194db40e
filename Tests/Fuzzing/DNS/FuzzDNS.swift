import Endpoints
import Fuzzing

@testable import Resolving

/// A nameserver's answer that is read keeps its limits, says the same once it is written anew without compression, and
/// answers nothing that no datagram may be sent to.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzDNS(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let message = try? DNSMessage(bytes) else { return 0 }
    let records = message.answers + message.authorities + message.additionals
    expect(records.count <= count / 11, "no more records than bytes for them")
    for record in records { check(record) }
    let written = written(message)
    guard let again = try? DNSMessage(written) else { fatalError("does not hold: what was written is read") }
    expect(again.question == message.question && again.code == message.code, "the same question and code")
    expect(again.answers == message.answers, "the same answers")
    expect(again.authorities == message.authorities, "the same authorities")
    expect(again.additionals == message.additionals, "the same additional records")
    // Nothing else is ever asked.
    guard [.a, .aaaa, .srv].contains(message.question.type) else { return 0 }
    let answer = try? message.answer(to: message.question)
    expect((try? again.answer(to: message.question)) == answer, "the same answer")
    if let answer { check(answer) }
    return 0
}

private func check(_ record: DNSRecord) {
    check(record.name)
    switch record.content {
    case .alias(let name), .service(_, let name): check(name)
    case .address, .other: break
    }
    expect(record.type == .opt || record.timeToLive <= Int32.max, "a time to live of 31 bits")
}

private func check(_ name: DNSName) {
    expect((1...255).contains(name.wire.count), "a name of 1 to 255 bytes")
    expect(name.labels.reduce(1) { $0 + 1 + $1.count } == name.wire.count, "a name is its labels: \(name)")
    expect(name.labels.allSatisfy { (1...63).contains($0.count) }, "labels of 1 to 63 bytes: \(name)")
    guard name.isPlain, !name.isRoot else { return }
    expect(DNSName(name.description) == name, "a plain name is read from its text: \(name)")
}

private func check(_ answer: DNSAnswer) {
    switch answer {
    case .addresses(let addresses, let timeToLive):
        expect(!addresses.isEmpty && !addresses.contains(where: \.isUnspecified), "addresses that can be sent to")
        expect((.zero ... .seconds(Int64(Int32.max))).contains(timeToLive), "a time to live of 31 bits")
    case .services(let services):
        expect(services.targets.allSatisfy { $0.port > 0 && !$0.name.isRoot }, "targets that can be sent to")
        expect(services.glue.values.allSatisfy { !$0.isEmpty && !$0.contains(where: \.isUnspecified) }, "glue likewise")
        expect(services.glue.keys.allSatisfy { name in services.targets.contains { $0.name == name } }, "of targets")
        expect((.zero ... .seconds(Int64(Int32.max))).contains(services.timeToLive), "a time to live of 31 bits")
    case .noSuchName, .noData: break
    }
}

private func written(_ message: DNSMessage) -> [UInt8] {
    let flags = 0x8000 | (message.isAuthoritative ? 0x0400 : 0) | (message.isTruncated ? 0x0200 : 0) as UInt16
    var bytes = pair(0) + pair(flags | message.code & 0xF) + pair(1)
    for section in [message.answers, message.authorities, message.additionals] { bytes += pair(UInt16(section.count)) }
    bytes += message.question.name.wire + pair(message.question.type.rawValue) + pair(1)
    for record in message.answers + message.authorities + message.additionals { bytes += written(record) }
    return bytes
}

private func written(_ record: DNSRecord) -> [UInt8] {
    let data: [UInt8] =
        switch record.content {
        case .address(let address) where record.type == .a:
            pair(UInt16(truncatingIfNeeded: address.bits >> 16)) + pair(UInt16(truncatingIfNeeded: address.bits))
        case .address(let address): (0..<16).map { UInt8(truncatingIfNeeded: address.bits >> (120 - 8 * UInt128($0))) }
        case .alias(let name): name.wire
        case .service(let port, let name): pair(0) + pair(0) + pair(port) + name.wire
        case .other: []
        }
    let time = pair(UInt16(record.timeToLive >> 16)) + pair(UInt16(truncatingIfNeeded: record.timeToLive))
    return record.name.wire + pair(record.type.rawValue) + pair(1) + time + pair(UInt16(data.count)) + data
}

private func pair(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)] }
