import Fuzzing

@testable import Gateway

/// Entries of a batch, in lines and as events, are what Foundation reads in them, and are taken or refused alike whatever
/// white space stands between the tokens and however text is escaped.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzBatch(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let body = [UInt8](UnsafeBufferPointer(start: start, count: count))
    if let lines = try? BatchLines(body) {
        checkRanges(of: lines, in: body)
        for range in lines.ranges { checkLine(Array(body[range]), range, body) }
    }
    if let events = try? MessageDraft.events(in: body) {
        checkRanges(of: events, in: body)
        for range in events { checkEvent(Array(body[range]), range, body) }
    }
    return 0
}

private func checkRanges(of lines: BatchLines, in body: [UInt8]) {
    var wanted: [ArraySlice<UInt8>] = []
    for line in body.split(separator: UInt8(ascii: "\n")) where !line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) {
        wanted.append(line)
    }
    expect(lines.ranges.map { body[$0] } == wanted, "entries are the lines that are not blank")
    expect(lines.ranges == wanted.map(\.indices), "they stand where they stand")
}

private func checkRanges(of events: [Range<Int>], in body: [UInt8]) {
    var end = 0
    for range in events {
        expect(range.lowerBound > end && !range.isEmpty, "events stand one behind the other")
        end = range.upperBound
    }
    expect(end < body.count || events.isEmpty, "events stand within the body")
    if let theirs = foundationValue(body[...]) {
        expect((theirs as? [Any])?.count == events.count, "as many events as Foundation finds")
    }
}

private func checkLine(_ line: [UInt8], _ range: Range<Int>, _ body: [UInt8]) {
    let draft = Drafted { () throws(DraftFault) in (try MessageDraft(line: range, of: body), body) }
    for other in Rewriting.all(of: line) {
        let again = Drafted { () throws(DraftFault) in (try MessageDraft(line: other.indices, of: other), other) }
        expect(again == draft, "the same of \(String(decoding: other, as: UTF8.self)): \(again), \(draft)")
    }
    guard draft.code == nil else { return }
    guard let theirs = foundationValue(line[...]) as? [String: Any] else { return expect(false, "a line is an object") }
    draft.checkLine(theirs)
}

private func checkEvent(_ event: [UInt8], _ range: Range<Int>, _ body: [UInt8]) {
    let draft = Drafted { () throws(DraftFault) in (try MessageDraft(event: range, of: body), body) }
    for other in Rewriting.all(of: event) {
        let again = Drafted { () throws(DraftFault) in (try MessageDraft(event: other.indices, of: other), other) }
        expect(again.isSimilar(to: draft), "the same of \(String(decoding: other, as: UTF8.self)): \(again), \(draft)")
    }
    guard draft.code == nil, let theirs = foundationValue(event[...]) as? [String: Any] else { return }
    draft.checkEvent(theirs)
}
