import Clocks
import Wire

/// A message of which parts have arrived.
final class PartialMessage {
    enum Outcome: Equatable {
        case taken
        /// Every byte is there.
        case whole
        /// It contradicts what came before.
        case refused
    }

    private struct Early {
        var offset: Int
        var bytes: [UInt8]
    }

    /// What a piece costs besides its bytes, and how many are free: usually there are not more.
    static let pieceBytes = 64
    static let freePieces = 16
    /// More than that cannot come of datagrams of 512 bytes and more, whatever order they come in.
    static let maximumPieces = 65_536

    /// The serial of its stream, and what that is called.
    let stream: UInt64
    let name: Message.Stream
    let sequence: UInt64
    /// When it is given up; moves with every part.
    var deadline: Instant
    /// Its neighbours in the order of their deadlines.
    var earlier: PartialMessage?
    var later: PartialMessage?

    private(set) var head: MessageHead?
    /// The lowest and the highest number in which a part came.
    private(set) var numbers: ClosedRange<UInt64>
    /// All of the body once the head is there; only what ``covered`` says has been written.
    private var body: [UInt8] = []
    /// Ascending, disjoint and not touching.
    private var covered: [Range<Int>] = []
    /// What came before the head.
    private var early: [Early] = []
    private var earlyBytes = 0

    init(stream: UInt64, name: Message.Stream, sequence: UInt64, number: UInt64, deadline: Instant) {
        self.stream = stream
        self.name = name
        self.sequence = sequence
        self.deadline = deadline
        numbers = number...number
    }

    /// What it counts for against the bound.
    var cost: Int {
        body.count + earlyBytes + Self.pieceBytes * max(0, covered.count + early.count - Self.freePieces)
    }

    /// How much more it costs, at most, with a part of so many bytes; with `head` if it is the start.
    func growth(with head: MessageHead?, partBytes: Int) -> Int {
        Self.pieceBytes * (covered.count + early.count < Self.freePieces ? 0 : 1)
            + (self.head != nil ? 0 : head?.bodyBytes ?? partBytes)
    }

    /// The numbers in which there is a part for certain: parts have consecutive numbers.
    var neededNumbers: ClosedRange<UInt64> {
        let hasEnd = head != nil && covered.last?.upperBound == body.count
        let first = head == nil && numbers.lowerBound > 1 ? numbers.lowerBound - 1 : numbers.lowerBound
        return first...(hasEnd || numbers.upperBound == .max ? numbers.upperBound : numbers.upperBound + 1)
    }

    /// Takes the start, with the first bytes of the body.
    func add(_ head: MessageHead, _ part: RawSpan, number: UInt64) -> Outcome {
        guard self.head == nil else { return .refused }
        note(number)
        self.head = head
        // Not cleared: a large body costs no more than what arrives of it. Nothing is read that was not written.
        body = [UInt8](unsafeUninitializedCapacity: head.bodyBytes) { $1 = head.bodyBytes }
        var outcome = part.byteCount > 0 ? write(part, at: 0) : .taken
        // In order, so that each is added at the end, however many there are and however they came.
        for piece in early.sorted(by: { $0.offset < $1.offset }) where outcome != .refused {
            outcome = write(piece.bytes.span.bytes, at: piece.offset)
        }
        early = []
        earlyBytes = 0
        return outcome
    }

    /// Takes a continuation.
    func add(_ part: RawSpan, at offset: Int, number: UInt64) -> Outcome {
        note(number)
        guard covered.count + early.count < Self.maximumPieces else { return .refused }
        guard head == nil else { return write(part, at: offset) }
        early.append(Early(offset: offset, bytes: [UInt8](part)))
        earlyBytes += part.byteCount
        return .taken
    }

    /// Hands over the whole body, once.
    func takeBody() -> [UInt8] {
        defer { body = [] }
        return body
    }

    private func note(_ number: UInt64) {
        numbers = min(numbers.lowerBound, number)...max(numbers.upperBound, number)
    }

    private func write(_ part: RawSpan, at offset: Int) -> Outcome {
        let range = offset..<offset + part.byteCount
        guard range.upperBound <= body.count, cover(range) else { return .refused }
        body.withUnsafeMutableBytes { target in
            part.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[range]).copyMemory(from: $0) }
        }
        return covered[0] == 0..<body.count ? .whole : .taken
    }

    /// Adds `range`, not empty, to ``covered``; false if some of it is there.
    private func cover(_ range: Range<Int>) -> Bool {
        var index = covered.count
        // Parts mostly come in order, and belong at the end.
        if let last = covered.last, last.lowerBound >= range.upperBound {
            var low = 0
            while low < index {
                let middle = (low + index) / 2
                if covered[middle].lowerBound < range.upperBound { low = middle + 1 } else { index = middle }
            }
        }
        guard index == 0 || covered[index - 1].upperBound <= range.lowerBound else { return false }
        let joinsNext = index < covered.count && covered[index].lowerBound == range.upperBound
        let joinsPrevious = index > 0 && covered[index - 1].upperBound == range.lowerBound
        switch (joinsPrevious, joinsNext) {
        case (true, true):
            covered[index - 1] = covered[index - 1].lowerBound..<covered[index].upperBound
            covered.remove(at: index)
        case (true, false): covered[index - 1] = covered[index - 1].lowerBound..<range.upperBound
        case (false, true): covered[index] = range.lowerBound..<covered[index].upperBound
        case (false, false): covered.insert(range, at: index)
        }
        return true
    }
}
