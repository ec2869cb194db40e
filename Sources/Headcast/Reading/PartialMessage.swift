import Clocks
import Endpoints
import Wire

/// A message of which parts have arrived.
final class PartialMessage {
    enum State {
        case collecting
        /// Given up or not wanted: what still comes of it is dropped.
        case ignored
        case done
    }

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

    /// What keeping one costs besides its bytes, and each of its pieces: about what is allocated.
    static let ownBytes = 256
    static let pieceBytes = 64

    let stream: StreamMemory
    let sequence: UInt64
    /// When it is given up.
    let deadline: Instant
    var state = State.collecting

    private(set) var head: MessageHead?
    /// All of the body once the head is there; only what ``covered`` says has been written.
    private var body: [UInt8] = []
    /// Ascending, disjoint and not touching.
    private var covered: [Range<Int>] = []
    /// What came before the head.
    private var early: [Early] = []
    private var earlyBytes = 0
    /// The lowest and the highest number in which a part came.
    private var numbers: ClosedRange<UInt64>

    init(stream: StreamMemory, sequence: UInt64, number: UInt64, deadline: Instant) {
        self.stream = stream
        self.sequence = sequence
        self.deadline = deadline
        numbers = number...number
    }

    /// What it counts for against the bound.
    var cost: Int {
        Self.ownBytes + (state == .collecting ? (head?.bodyBytes ?? 0) : 0) + earlyBytes
            + Self.pieceBytes * (covered.count + early.count)
    }

    /// How much more it will cost with `part` of a message with `head`, at most.
    func growth(with head: MessageHead?, part: Int) -> Int {
        guard state == .collecting else { return 0 }
        if let head { return self.head == nil ? head.bodyBytes + Self.pieceBytes : 0 }
        return Self.pieceBytes + (self.head == nil ? part : 0)
    }

    /// Takes the start, with the first bytes of the body.
    func add(_ head: MessageHead, _ part: RawSpan, number: UInt64) -> Outcome {
        guard state == .collecting else { return .taken }
        guard self.head == nil else { return .refused }
        note(number)
        self.head = head
        // Not cleared: a large body costs no more than what arrives of it. Nothing is read that was not written.
        body = [UInt8](unsafeUninitializedCapacity: head.bodyBytes) { $1 = head.bodyBytes }
        var outcome = part.byteCount > 0 ? write(part, at: 0) : .taken
        let waiting = early
        early = []
        earlyBytes = 0
        for piece in waiting where outcome != .refused { outcome = write(piece.bytes.span.bytes, at: piece.offset) }
        return outcome
    }

    /// Takes a continuation.
    func add(_ part: RawSpan, at offset: Int, number: UInt64) -> Outcome {
        guard state == .collecting else { return .taken }
        note(number)
        guard head == nil else { return write(part, at: offset) }
        early.append(Early(offset: offset, bytes: [UInt8](part)))
        earlyBytes += part.byteCount
        return .taken
    }

    /// Whether a part of it was, for certain, in one of `lost`, which ascend: its parts have consecutive numbers.
    func isHit(by lost: [Range<UInt64>]) -> Bool {
        let first = head == nil ? numbers.lowerBound - 1 : numbers.lowerBound
        let hasEnd = head != nil && covered.last?.upperBound == body.count
        let last = hasEnd ? numbers.upperBound : numbers.upperBound + 1
        return lost.contains { $0.lowerBound <= last && $0.upperBound > first }
    }

    /// Hands over the whole body, once.
    func takeBody() -> [UInt8] {
        state = .done
        defer { body = [] }
        return body
    }

    /// Lets go of what arrived; what still comes is dropped.
    func ignore() {
        state = .ignored
        body = []
        covered = []
        early = []
        earlyBytes = 0
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
        // From the end: parts mostly come in order.
        var index = covered.count
        while index > 0, covered[index - 1].lowerBound >= range.upperBound { index -= 1 }
        guard index > 0 else {
            insert(range, at: 0)
            return true
        }
        guard covered[index - 1].upperBound <= range.lowerBound else { return false }
        insert(range, at: index)
        return true
    }

    /// Inserts a range at its place and joins it with the neighbours that it touches.
    private func insert(_ range: Range<Int>, at index: Int) {
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
    }
}
