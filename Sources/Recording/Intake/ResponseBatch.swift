import Clocks
import MicroHTTP
import Records
import Service

/// The entries of one batch of responses, which are read from the first to the last.
///
/// All of them may take as long as a second. So each round of the loop reads some, and serves other requests, too.
final class ResponseBatch {
    let submission: Submission
    private let body: [UInt8]
    private let lines: [Range<Int>]
    /// The first entry that has not been read.
    private var next = 0

    /// How many entries a batch may have.
    static let maximumEntries = 1_000
    /// How many bytes a batch may have.
    static let maximumBytes = 16 << 20
    /// How long the entries of all batches are worked on in one round of the loop, but for the last of them.
    static let roundTime = Duration.milliseconds(2)

    init(_ submission: Submission, _ lines: [Range<Int>], of body: [UInt8]) {
        self.submission = submission
        self.lines = lines
        self.body = body
    }

    /// Whether every entry was read, or nobody waits for them any more.
    var isFinished: Bool { next == lines.count || submission.isAnswered }

    /// How many entries have not been read, and their bytes.
    var rest: (entries: Int, bytes: Int) {
        isFinished ? (0, 0) : (lines.count - next, (lines.last?.upperBound ?? 0) - lines[next].lowerBound)
    }

    /// Reads the next entries, one at least, until `deadline` has passed; what cannot be read has its result with that.
    func read(until deadline: Instant, maximumPayloadBytes: Int, _ take: (Entry) -> Void) {
        repeat {
            guard !isFinished else { return }
            do throws(Refusal) {
                let response = try ResponseReader.read(
                    body, in: lines[next], maximumPayloadBytes: maximumPayloadBytes)
                take(Entry(response, of: submission, next))
            } catch {
                submission.settle(next, .init(error))
            }
            next += 1
        } while .now < deadline
    }
}
