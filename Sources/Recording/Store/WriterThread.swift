import Clocks
import EventLoop
import Glibc
import Records
import Threads

/// What the writer is given to do, one at a time.
enum WriterTask: Sendable {
    case open
    /// Store this group with one commit, and then each next group for as long as there is one.
    case store([Response])
    /// Find out whether the store takes changes.
    case check
    /// Take one step in removing what need not be kept.
    case remove(Removal)
    case end
}

/// The one thread that changes the store. It does what it is told and reports; when to try again is the loop's business.
final class WriterThread {
    private let tasks: Inbox<WriterTask>
    private let thread: pthread_t
    /// Whether a task was given whose last report has not come.
    private(set) var isBusy = false
    private var hasEnded = false

    init(_ store: any RecordStore, next: NextGroup, reports: Inbox<StoreReport>) throws {
        let tasks = try Inbox<WriterTask>()
        self.tasks = tasks
        thread = try startThread {
            var work = Work(with: store, next, reports)
            work.run(tasks)
        }
    }

    deinit {
        end()
    }

    func give(_ task: WriterTask) {
        isBusy = true
        tasks.send(task)
    }

    /// To be called for each report that is the writer's.
    func hasReported(_ report: StoreReport) {
        if case .stored(_, _, goesOn: true) = report { return }
        isBusy = false
    }

    /// Lets the thread end, and waits for it unless the store holds it up.
    func end() {
        guard !hasEnded else { return }
        hasEnded = true
        tasks.send(.end)
        if isBusy { pthread_detach(thread) } else { pthread_join(thread, nil) }
    }
}

/// What the thread does.
private struct Work {
    let store: any RecordStore
    let next: NextGroup
    let reports: Inbox<StoreReport>
    private var writer: (any RecordWriter)?

    init(with store: any RecordStore, _ next: NextGroup, _ reports: Inbox<StoreReport>) {
        self.store = store
        self.next = next
        self.reports = reports
    }

    mutating func run(_ tasks: Inbox<WriterTask>) {
        while true {
            for task in tasks.wait() {
                switch task {
                case .open: reports.send(open())
                case .store(let group): storeGroups(from: group)
                case .check: reports.send(check())
                case .remove(let removal): reports.send(remove(removal))
                case .end: return
                }
            }
        }
    }

    private mutating func open() -> StoreReport {
        do throws(StoreError) {
            writer = try store.openWriter()
            return .opened
        } catch {
            return .openingFailed(error)
        }
    }

    private func storeGroups(from first: [Response]) {
        var group = first
        while !group.isEmpty {
            do throws(StoreError) {
                let began = Instant.now
                let outcomes = try opened.store(group, at: .now)
                precondition(outcomes.count == group.count, "a store owes an outcome for each response")
                let duration = .now - began
                group = next.take()
                reports.send(.stored(outcomes, duration, goesOn: !group.isEmpty))
            } catch {
                next.abandon()
                return reports.send(.storingFailed(error))
            }
        }
    }

    private func check() -> StoreReport {
        do throws(StoreError) {
            try opened.check()
            return .checked
        } catch {
            return .checkingFailed(error)
        }
    }

    private func remove(_ removal: Removal) -> StoreReport {
        do throws(StoreError) {
            return .removed(try removal.perform(on: opened))
        } catch {
            return .removingFailed(error)
        }
    }

    private var opened: any RecordWriter {
        get throws(StoreError) {
            guard let writer else { throw .unavailable("the store is not open") }
            return writer
        }
    }
}
