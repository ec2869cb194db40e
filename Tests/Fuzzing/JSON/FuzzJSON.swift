import Foundation
import Fuzzing
import JSON

/// What Foundation reads is read alike, and nothing else is read; base64 likewise.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    checkBase64(bytes)
    let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
    let ours = Value(document: bytes)
    if let ours {
        guard let theirs else {
            expect(ours.hasNumberBeyondDouble, "what is read is JSON")
            return 0
        }
        expect(ours.equals(theirs), "it means the same: \(ours) and \(theirs)")
    }
    checkSkipping(bytes, isDocument: ours != nil)
    return 0
}

/// Passing over a document finds the same faults as reading it, wherever it stands.
private func checkSkipping(_ bytes: [UInt8], isDocument: Bool) {
    var reader = JSONReader([1] + bytes + [2], in: 1..<bytes.count + 1)
    let range = try? reader.skip()
    let isWhole = range != nil && (try? reader.end()) != nil
    expect(isWhole == isDocument, "passing over is as strict as reading")
    guard let range, isWhole else { return }
    expect(range.lowerBound >= 1 && range.upperBound <= bytes.count + 1, "it stands within its bounds")
    expect(Value(document: Array(reader.bytes[range])) != nil, "what was passed over is a document")
}

private func checkBase64(_ bytes: [UInt8]) {
    let text = Base64.encode(bytes.span)
    expect(Data(text) == Data(bytes).base64EncodedData(), "base64 is written like Foundation's")
    expect(Base64.decode(text.span) == bytes, "base64 is read back")
    guard let decoded = Base64.decode(bytes.span) else { return }
    expect(Base64.encode(decoded.span) == bytes, "base64 that is read is the only way to write it")
}
