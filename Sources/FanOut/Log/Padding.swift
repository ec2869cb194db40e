/// To what length the datagrams of a busy log are padded, so that neighbours are equal and share a send.
///
/// Equal ones need no padding. A shorter one is padded to the longest of late, while that multiplies the bytes by less
/// than it divides the sends: ``window`` datagrams are counted both ways, for the next ones.
struct Padding {
    static let window = 64

    /// Bytes of the longest of late, in this round.
    private var longest = 0
    /// The longest in this window.
    private var longestNow = 0
    private var count = 0
    private var isWorthwhile = true
    private var padded: RunTally
    private var plain: RunTally

    /// - Parameter limits: of the runs that datagrams leave in.
    init(_ limits: RunLimits = RunLimits()) {
        padded = RunTally(limits: limits)
        plain = RunTally(limits: limits)
    }

    /// How long a datagram becomes that is followed by others, at least its own `length`.
    mutating func length(for length: Int) -> Int {
        longestNow = max(longestNow, length)
        count += 1
        let isWindowOver = count == Self.window
        longest = max(isWindowOver ? longestNow : longest, length)
        padded.add(longest)
        plain.add(length)
        let result = isWorthwhile ? longest : length
        if isWindowOver { endWindow() }
        return result
    }

    /// What follows shares no send with what was before.
    mutating func endRound() {
        longest = 0
        longestNow = 0
        padded.endRun()
        plain.endRun()
    }

    private mutating func endWindow() {
        isWorthwhile = padded.bytes * padded.sends <= plain.bytes * plain.sends
        padded.reset()
        plain.reset()
        longestNow = 0
        count = 0
    }
}

/// The sends that datagrams would take one after the other, and their bytes.
private struct RunTally {
    let limits: RunLimits
    private(set) var sends = 0
    private(set) var bytes = 0
    private var run = (segment: 0, bytes: 0, count: 0)

    init(limits: RunLimits) {
        self.limits = limits
    }

    mutating func add(_ length: Int) {
        bytes += length
        run.bytes += length
        run.count += 1
        if length > run.segment || run.bytes > limits.bytes || run.count > limits.datagrams {
            sends += 1
            run = (length, length, 1)
        } else if length < run.segment {
            endRun()
        }
    }

    /// The next one begins a run.
    mutating func endRun() {
        run.segment = 0
    }

    mutating func reset() {
        sends = 0
        bytes = 0
    }
}
