import Clocks
import MicroHTTP
import Records
import Service

/// What the loop and the routes of one recorder share. Loop thread only.
final class RecorderState {
    let configuration: RecorderConfiguration
    let startedAt: Moment

    /// Read when a round begins.
    var now: Moment
    let drain: Drain
    var health = StoreHealth()
    let intake: Intake
    /// Batches that are still being read.
    var batches: [ResponseBatch] = []
    let queries: Queries
    /// Responses whose senders wait to learn from what they differ.
    var divergentCount = 0
    /// Exports and lists that are looked up, or on their way to their clients.
    var exportCount = 0
    var listCount = 0
    var retention: Retention
    var counters = RecorderCounters()
    var requests = RequestStatistics()
    /// Set while the loop is there. A weak reference would make every other one to it a slow one.
    var server: HTTPServer?

    init(_ configuration: RecorderConfiguration, next: NextGroup, queries: Queries, at now: Moment) {
        self.configuration = configuration
        self.queries = queries
        self.now = now
        startedAt = now
        drain = Drain(delay: configuration.drainDelay, timeout: configuration.drainTimeout)
        intake = Intake(configuration, next: next)
        retention = Retention(configuration, at: now.instant)
    }

    var name: String { configuration.name }
    var phase: Drain.Phase { drain.phase }

    /// Whether Services should route here. A store that is away later does not make a recorder unready: it says so in
    /// every answer, and another recorder would say the same.
    var isReady: Bool { phase == .serving && health.isOpen }

    /// Whether nobody waits for an answer.
    var isFinished: Bool { intake.responses == 0 && batches.isEmpty && queries.count == 0 && exportCount == 0 }

    // MARK: Admission

    /// Refuses responses of `bytes` together that could not be stored before their senders give up waiting.
    func admit(_ count: Int, bytes: Int) throws(Refusal) {
        do throws(Refusal) {
            try checkStore()
            // Entries of batches that are not read yet were promised room, too.
            let unread = batches.reduce(count) { $0 + $1.rest.entries }
            let unreadBytes = batches.reduce(bytes) { $0 + $1.rest.bytes }
            guard intake.hasRoom(for: unread, bytes: unreadBytes) else { throw overload }
        } catch {
            counters.refuse(count, with: error.code)
            throw error
        }
    }

    /// Refuses what has no chance now: the recorder ends, or its store is away for longer than anybody waits.
    func checkStore() throws(Refusal) {
        if case .finishing = phase { throw Self.draining }
        let patience = configuration.patience
        if let since = intake.storingSince, now.instant >= since + patience { throw Self.silence(patience) }
        guard let trouble = health.trouble else { return }
        if trouble.error.isBrief, now.instant < trouble.since.instant + patience { return }
        // Somebody has to try whether it works again.
        if health.isOpen, health.mayTry(at: now.instant), intake.responses == 0 { return }
        throw Refusal(trouble.error)
    }

    private var overload: Refusal {
        Refusal(
            .overloaded,
            "\(intake.responses) responses of \(intake.bytes) bytes wait for the store already; send these again later")
    }

    static var draining: Refusal {
        Refusal(.draining, "this recorder is shutting down; send it again, to another or once it is back")
    }

    /// The store has owed an answer for longer than anybody waits.
    static func silence(_ patience: Duration) -> Refusal {
        Refusal(
            .storeUnavailable,
            "the store has not answered for \(patience.text); nothing is acknowledged, send it again later")
    }
}

extension Refusal {
    /// The store does not do what it is asked.
    init(_ error: StoreError) {
        self.init(error.code, "nothing is acknowledged, send it again later: \(error)")
    }
}
