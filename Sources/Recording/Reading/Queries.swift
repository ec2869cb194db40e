import Clocks
import Records
import Service

/// The questions that the reader's thread has been asked and has not answered. Loop thread only.
final class Queries {
    /// What became of a question; nil when there was no answer in time.
    typealias Handler = (Result<Finding, StoreError>?) -> Void

    private let ask: (ReaderThread.Task) -> Void
    private let patience: Duration
    private var handlers: [UInt64: Handler] = [:]
    /// Every question has the same time, so that the first asked is the first that is overdue.
    private var deadlines = Queue<(number: UInt64, deadline: Instant)>()
    private var asked: UInt64 = 0

    /// How many questions may be open at a time.
    static let maximumCount = 1_000

    /// - Parameter ask: hands a question to the reader's thread.
    init(patience: Duration, ask: @escaping (ReaderThread.Task) -> Void) {
        self.patience = patience
        self.ask = ask
    }

    var count: Int { handlers.count }

    var deadline: Instant? { deadlines.first?.deadline }

    /// Asks, unless too much is asked already: then false, and `handler` is not called.
    func ask(_ question: Question, at now: Instant, _ handler: @escaping Handler) -> Bool {
        guard handlers.count < Self.maximumCount else { return false }
        asked += 1
        handlers[asked] = handler
        deadlines.append((asked, now + patience))
        ask(ReaderThread.Task(number: asked, question: question, deadline: now + patience))
        return true
    }

    func settle(_ number: UInt64, _ result: Result<Finding, StoreError>) {
        handlers.removeValue(forKey: number)?(result)
        dropSettled()
    }

    /// Ends the questions that have been open for too long.
    func expire(at now: Instant) {
        while let first = deadlines.first, first.deadline <= now {
            deadlines.removeFirst()
            handlers.removeValue(forKey: first.number)?(nil)
        }
        dropSettled()
    }

    /// Ends all questions.
    func giveUp() {
        while let first = deadlines.first {
            deadlines.removeFirst()
            handlers.removeValue(forKey: first.number)?(nil)
        }
    }

    private func dropSettled() {
        while let first = deadlines.first, handlers[first.number] == nil { deadlines.removeFirst() }
    }
}
