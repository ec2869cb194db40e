import Fuzzing
import Wire

/// Attributes that are read keep their limits and encode to the bytes that they were read from; those that were added
/// are read back.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzAttributes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    let attributes = Attributes(input)
    let body = [1, 2, 3] + [UInt8](input) + [4]
    expect(Attributes(body[3..<3 + count]) == attributes, "it does not matter where in a body they stand")
    if let attributes {
        check(attributes)
        expect(attributes.encoded.elementsEqual(input), "they encode to what they were read from")
        expect((count == 0) == attributes.isEmpty, "bytes are attributes")
        for cut in Set([1, count / 2, count - 1]) where cut > 0 && cut < count {
            guard let front = Attributes(input.prefix(cut)) else { continue }
            expect(attributes.items.count > front.items.count, "some are missing of a part")
        }
    }
    checkAdding([UInt8](input))
    return 0
}

private func check(_ attributes: Attributes) {
    expect(attributes.byteCount <= MessageHead.maximumAttributeBytes, "all together within their limit")
    expect(attributes.byteCount == attributes.encoded.count, "as many bytes as are said")
    expect(Set(attributes.items.map(\.name)).count == attributes.items.count, "each name once")
    for (name, value) in attributes.items.prefix(100) {
        expect(Attributes.isName(name), "a possible name: \(name)")
        expect(attributes[name]?.utf8.elementsEqual(value.utf8) == true, "a value is found by its name: \(name)")
    }
}

/// Takes the bytes for lines, each a name and after `=` its value.
private func checkAdding(_ bytes: [UInt8]) {
    var attributes = Attributes()
    var wanted: [String: String] = [:]
    for line in bytes.split(separator: UInt8(ascii: "\n")).prefix(100) {
        let parts = line.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(decoding: parts[0], as: UTF8.self)
        let value = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
        let mayBe = Attributes.isName(name) && wanted[name] == nil
        let isAdded = attributes.add(name, value)
        expect(mayBe || !isAdded, "what may not be is not added: \(name)")
        expect(isAdded || !mayBe || attributes.byteCount + 3 + line.count > 65_535, "what may be is added: \(name)")
        if isAdded { wanted[name] = value }
    }
    check(attributes)
    expect(Attributes(attributes.encoded) == attributes, "what was written is read back")
    expect(attributes.items.allSatisfy { wanted[$0.name] == $0.value }, "names keep their values")
}
