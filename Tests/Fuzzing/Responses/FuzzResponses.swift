import Fuzzing
import Records
import Service

@testable import Recording

/// Responses that are taken fit the limits, are what Foundation reads in them, and stay the same when they are written
/// again; they are taken or refused alike whatever white space stands between the tokens and however text is escaped.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzResponses(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let body = [UInt8](UnsafeBufferPointer(start: start, count: count))
    for range in LineRanges.entries(of: body, maximum: ResponseBatch.maximumEntries) ?? [] {
        check(Array(body[range]), Taken(body, in: range))
    }
    return 0
}

private func check(_ line: [UInt8], _ taken: Taken) {
    expect(Taken(line) == taken, "it is the same wherever it stands")
    for other in Rewriting.all(of: line) {
        let again = Taken(other)
        expect(again == taken, "the same of \(String(decoding: other, as: UTF8.self)): \(again), \(taken)")
    }
    guard case .response(let response) = taken else { return }
    response.checkLimits()
    response.checkAgainstFoundation(line)
    for other in response.written {
        let again = Taken(other)
        expect(again == taken, "the same again of \(String(decoding: other, as: UTF8.self)): \(again), \(taken)")
    }
}

/// What came of a line: a response, or the code of a refusal.
enum Taken: Equatable {
    case response(Response)
    case refused(ErrorCode)

    /// Small enough for the fuzzer to reach it.
    static let maximumPayloadBytes = 48

    init(_ line: [UInt8]) { self.init(line, in: line.indices) }

    init(_ body: [UInt8], in range: Range<Int>) {
        do throws(Refusal) {
            self = .response(
                try ResponseReader.read(body, in: range, maximumPayloadBytes: Self.maximumPayloadBytes))
        } catch {
            expect([.invalidResponse, .payloadTooLarge].contains(error.code), "a refusal of a response: \(error.code)")
            self = .refused(error.code)
        }
    }
}
