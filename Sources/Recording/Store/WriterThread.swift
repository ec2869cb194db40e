import Clocks
import EventLoop
import Glibc
import Records
import Threads

/// What the writer is given to do, one at a time.
enum WriterTask: Sendable {
    case open
    /// Store this group with one commit.
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
    /// Whether a task was given whose report has not come.
    private(set) var isBusy = false

    init(_ store: any RecordStore, reports: Inbox<StoreReport>) throws {
        let tasks = try Inbox<WriterTask>()
        self.tasks = tasks
        thread = try startThread { Self.work(on: tasks, with: store, reports) }
    }

    func give(_ task: WriterTask) {
        isBusy = true
        tasks.send(task)
    }

    /// To be called for each report that is the writer's.
    func hasReported() {
        isBusy = false
    }

    /// Lets the thread end, and waits for it unless the store holds it up.
    func end() {
        tasks.send(.end)
        if isBusy { pthread_detach(thread) } else { pthread_join(thread, nil) }
    }

    private static func work(on tasks: Inbox<WriterTask>, with store: any RecordStore, _ reports: Inbox<StoreReport>) {
        var writer: (any RecordWriter)?
        while true {
            for task in tasks.wait() {
                if case .end = task { return }
                reports.send(perform(task, with: store, &writer))
            }
        }
    }

    private static func perform(
        _ task: WriterTask, with store: any RecordStore, _ writer: inout (any RecordWriter)?
    ) -> StoreReport {
        do throws(StoreError) {
            switch task {
            case .open, .end:
                writer = try store.openWriter()
                return .opened
            case .store(let group):
                guard let writer else { throw notOpen }
                let began = Instant.now
                return .stored(try writer.store(group, at: .now), .now - began)
            case .check:
                guard let writer else { throw notOpen }
                try writer.check()
                return .checked
            case .remove(let removal):
                guard let writer else { throw notOpen }
                return .removed(try removal.perform(on: writer))
            }
        } catch {
            switch task {
            case .open, .end: return .openingFailed(error)
            case .store: return .storingFailed(error)
            case .check: return .checkingFailed(error)
            case .remove: return .removingFailed(error)
            }
        }
    }

    private static var notOpen: StoreError { .unavailable("the store is not open") }
}
