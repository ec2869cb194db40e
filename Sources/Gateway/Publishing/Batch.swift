import Clocks
import FanOut
import MicroHTTP
import Service

/// The entries of one batch publish, which are read and numbered from the first to the last.
///
/// All of them may take as long as a second. So each round of the loop takes some, and serves other requests, too.
final class Batch {
    let exchange: Exchange
    private let group: PublishGroup
    private let entries: [Range<Int>]
    private let draft: (_ entry: Range<Int>) throws(DraftFault) -> MessageDraft
    /// The first entry that is neither numbered nor answered.
    private var next = 0

    /// - Parameters:
    ///   - entries: where they stand in the body of `exchange`.
    ///   - draft: reads one of them.
    init(
        _ exchange: Exchange, _ entries: [Range<Int>],
        draft: @escaping (_ entry: Range<Int>) throws(DraftFault) -> MessageDraft
    ) {
        self.exchange = exchange
        self.entries = entries
        self.draft = draft
        group = PublishGroup(exchange, count: entries.count)
    }

    /// Whether every entry is numbered or answered.
    var isFinished: Bool { next == entries.count }

    /// Numbers the next entries by `number`, until `deadline` has passed; what cannot be numbered has its answer.
    ///
    /// At least one entry is taken.
    func number(until deadline: Instant, by number: (MessageDraft, PublishDetails) throws(Refusal) -> Void) {
        repeat {
            guard !isFinished else { return }
            do throws(DraftFault) {
                let draft = try draft(entries[next])
                let details = PublishDetails(idempotencyKey: draft.idempotencyKey, place: (group, next))
                do throws(Refusal) {
                    try number(draft, details)
                } catch {
                    group.answer(next, with: error.response)
                }
            } catch {
                group.answer(next, with: Refusal(error).response)
            }
            next += 1
        } while .now < deadline
    }

    /// Answers what is left with `refusal`.
    func refuse(with refusal: Refusal) {
        while !isFinished {
            group.answer(next, with: refusal.response)
            next += 1
        }
    }
}

/// A batch on its way into the log of a topic.
struct UnnumberedBatch {
    let batch: Batch
    let options: PublishOptions
    let topic: TopicService

    /// How long the entries of all batches are worked on in one round of the loop, but for the last of them.
    static let roundTime: Duration = .milliseconds(2)
}
