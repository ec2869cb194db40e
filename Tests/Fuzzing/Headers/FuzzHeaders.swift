import Fuzzing
import Wire

@testable import Gateway

/// Headers give attributes that can travel, or a fault that names the header; one line each, the name before a colon.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzHeaders(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    var headers = PublishHeaders()
    var shouting = PublishHeaders()
    var names: [String] = []
    for line in input.split(separator: UInt8(ascii: "\n")) {
        let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        // What MicroHTTP hands over: tokens (RFC 9110, section 5.6.2), and values without control characters.
        guard parts[0].allSatisfy(isOfToken) else { continue }
        let value = parts.count > 1 ? parts[1].filter { $0 >= 0x20 || $0 == 0x09 } : []
        names.append(String(decoding: parts[0], as: UTF8.self))
        headers.add(name: Array(parts[0]).span, value: value.span)
        shouting.add(name: Array(names[names.count - 1].uppercased().utf8).span, value: value.span)
    }
    let attributes = result(of: headers, names)
    expect(result(of: shouting, names.map { $0.uppercased() }) == attributes, "the case of names does not matter")
    expect(headers.idempotencyKey == shouting.idempotencyKey, "the case of names does not matter to the key")
    return 0
}

private func result(of headers: PublishHeaders, _ names: [String]) -> Attributes? {
    do throws(DraftFault) {
        let attributes = try headers.attributes()
        check(attributes, isEvent: names.contains { $0.utf8.count > 3 && $0.lowercased().hasPrefix("ce-") })
        let others = try headers.eventAttributes()
        expect(others.items.allSatisfy { attributes[$0.name] == $0.value }, "an event has no other attributes")
        return attributes
    } catch {
        if let parameter = error.parameter {
            expect(parameter == "Idempotency-Key" || names.contains(parameter), "a header that was given: \(parameter)")
        }
        return nil
    }
}

private func check(_ attributes: Attributes, isEvent: Bool) {
    expect(attributes.items.count <= Attributes.maximumCount, "no more than a message may have")
    expect(Attributes(attributes.encoded) == attributes, "what can travel")
    for (name, value) in attributes.items {
        expect(Attributes.isName(name), "a possible name: \(name)")
        expect(!value.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "no control characters: \(name)")
    }
    guard isEvent else { return }
    expect(attributes["ce-specversion"] == "1.0", "an event of a known version")
    for name in ["id", "source", "type"] { expect(attributes["ce-\(name)"]?.isEmpty == false, "\(name) of the event") }
}

private func isOfToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
