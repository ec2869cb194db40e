import Clocks
import EventLoop
import Glibc
import Records
import Threads

/// The one thread that looks into the store, one question after the other, the urgent ones first.
final class ReaderThread {
    /// A question, its number, and until when somebody waits for the answer.
    struct Task: Sendable {
        let number: UInt64
        let question: Question
        let deadline: Instant
    }

    private enum Order: Sendable {
        case look(Task)
        case end
    }

    private let orders: Inbox<Order>
    private let thread: pthread_t
    /// Tasks whose report has not come.
    private var openCount = 0
    private var hasEnded = false

    init(_ store: any RecordStore, reports: Inbox<StoreReport>) throws {
        let orders = try Inbox<Order>()
        self.orders = orders
        thread = try startThread { Self.work(on: orders, with: store, reports) }
    }

    deinit {
        end()
    }

    func give(_ task: Task) {
        openCount += 1
        orders.send(.look(task))
    }

    /// To be called for each report that is the reader's.
    func hasReported() {
        openCount -= 1
    }

    /// Lets the thread end, and waits for it unless the store holds it up.
    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        orders.send(.end)
        if openCount > 0 { pthread_detach(thread) } else { pthread_join(thread, nil) }
    }

    private static func work(on orders: Inbox<Order>, with store: any RecordStore, _ reports: Inbox<StoreReport>) {
        var reader: (any RecordReader)?
        var urgent: [Task] = []
        var others: [Task] = []
        while true {
            let isIdle = urgent.isEmpty && others.isEmpty
            for order in isIdle ? orders.wait() : orders.take() {
                guard case .look(let task) = order else { return }
                if task.question.isUrgent { urgent.append(task) } else { others.append(task) }
            }
            for task in urgent { report(task, in: store, &reader, to: reports) }
            urgent = []
            let overdue = others.prefix { $0.deadline <= .now }.count
            for task in others.prefix(overdue + 1) { report(task, in: store, &reader, to: reports) }
            others.removeFirst(min(overdue + 1, others.count))
        }
    }

    private static func report(
        _ task: Task, in store: any RecordStore, _ reader: inout (any RecordReader)?, to reports: Inbox<StoreReport>
    ) {
        // Nobody waits for what is overdue.
        let found: Result<Finding, StoreError> =
            task.deadline > .now
            ? look(task.question, in: store, &reader) : .failure(.unavailable("the reader was held up"))
        reports.send(.found(task.number, found))
    }

    private static func look(
        _ question: Question, in store: any RecordStore, _ reader: inout (any RecordReader)?
    ) -> Result<Finding, StoreError> {
        do throws(StoreError) {
            let open = if let reader { reader } else { try store.openReader() }
            reader = open
            return .success(try question.answer(from: open))
        } catch {
            return .failure(error)
        }
    }
}
