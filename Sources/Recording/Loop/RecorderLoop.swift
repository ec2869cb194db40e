import Clocks
import Endpoints
import EventLoop
import Logging
import MicroHTTP
import Records
import Service

/// The recorder's loop: it sleeps in one epoll, takes responses, hands them to the writer and answers.
///
/// Whatever comes while one group is being stored is the next group: an idle recorder stores one response at a time,
/// and a busy one shares each wait for the disk among many. The database is touched by two other threads alone, one
/// that writes and one that reads; what they found comes back through an inbox.
package final class RecorderLoop {
    let state: RecorderState
    let routes: Routes
    let server: HTTPServer
    let writer: WriterThread
    let nextGroup: NextGroup
    let reader: ReaderThread
    let reports: Inbox<StoreReport>
    let logger: Logger

    private var epoll: Epoll
    private var stopDescriptor: Int32 = -1
    private var isStopped = false
    /// Whether what the writer did last was to remove records: others come first then.
    var hasJustRemoved = false
    /// Why the recorder ends, when nobody told it to.
    var failure: RecorderError?
    /// Whether the log has said that the recorder is ready.
    private var hasToldReady = false

    /// Where HTTP is served, with the real port.
    package var endpoint: Endpoint { server.endpoint }

    /// Binds its socket; nothing is served, and the store is not opened, before ``run(until:)``, which has to follow.
    package init(_ configuration: RecorderConfiguration, store: any RecordStore, logger: Logger) throws {
        raiseDescriptorLimit()
        let now = Moment.now
        let socket = try ListeningSocket(on: configuration.listen)
        self.logger = logger
        let reports = try Inbox<StoreReport>()
        self.reports = reports
        nextGroup = NextGroup(
            maximumResponses: configuration.maximumGroupResponses, maximumBytes: configuration.maximumGroupBytes)
        writer = try WriterThread(store, next: nextGroup, reports: reports)
        let reader = try ReaderThread(store, reports: reports)
        self.reader = reader
        let queries = Queries(patience: configuration.patience) { reader.give($0) }
        state = RecorderState(configuration, next: nextGroup, queries: queries, at: now)
        routes = Routes(state)
        server = try HTTPServer(
            listening: socket, limits: configuration.httpLimits, service: routes, at: now.instant)
        state.server = server
        epoll = try Epoll()
        try epoll.add(reports.descriptor, .readable, token: Token.reports)
        try epoll.add(server.descriptor, .readable, token: Token.http)
    }

    deinit {
        // It leads back through the routes.
        state.server = nil
        server.stop()
    }

    /// Serves until it has been told to stop and everything accepted is answered.
    ///
    /// - Parameter stop: a descriptor; the first byte read from it begins the drain, the second ends it at once.
    /// - Throws: ``RecorderError`` when the store turns out to be unusable at the start.
    package func run(until stop: Int32) throws {
        stopDescriptor = stop
        try epoll.add(stop, .readable, token: Token.stop)
        logger.info(
            "listening",
            metadata: [
                "endpoint": "\(endpoint)", "recorder": "\(state.name)", "store": "\(state.configuration.store)",
            ])
        while !isStopped { round() }
        giveUp()
        server.stop()
        writer.end()
        reader.end()
        if let failure { throw failure }
        let counters = state.counters
        logger.info(
            "stopped",
            metadata: [
                "stored": "\(counters.stored)", "repeated": "\(counters.repeated)", "diverged": "\(counters.diverged)",
            ])
    }

    private enum Token {
        static let reports: UInt64 = 0
        static let http: UInt64 = 1
        static let stop: UInt64 = 2
    }

    private func round() {
        let ready = epoll.wait(until: nextDeadline, at: .now)
        state.now = .now
        for index in 0..<ready where epoll.ready(index).token == Token.stop {
            state.drain.readStop(stopDescriptor, of: server, at: state.now.instant, logger)
        }
        // First, so that the answers leave with the poll, and the store is at work meanwhile.
        takeReports()
        expire()
        if state.intake.waitingCount > 0 { giveWriter() }
        server.poll(at: state.now.instant)
        routes.readBatches()
        giveWriter()
        logReady()
        isStopped = state.drain.isHurried || failure != nil || isDrained()
    }

    /// Goes on towards the end, once it was told to stop; whether the end is reached.
    private func isDrained() -> Bool {
        state.drain.advance(server, at: state.now.instant, logger) {
            state.isFinished
        } giveUp: {
            giveUp()
        }
    }

    private var nextDeadline: Instant? {
        let now = state.now.instant
        guard state.batches.isEmpty else { return now }
        var deadline = server.nextDeadline(after: now)
        func consider(_ candidate: Instant?) {
            if let candidate { deadline = min(deadline ?? candidate, candidate) }
        }
        consider(state.intake.deadline)
        consider(state.queries.deadline)
        consider(state.phase.deadline)
        if !writer.isBusy { consider(writerDeadline) }
        return deadline
    }

    /// Answers whoever has waited long enough.
    private func expire() {
        let now = state.now.instant
        state.queries.expire(at: now)
        for submission in state.intake.takeOverdue(at: now) {
            let refusal =
                state.health.trouble.map { Refusal($0.error) }
                ?? RecorderState.silence(state.configuration.patience)
            refuse(submission, with: refusal)
        }
        state.intake.dropSettled()
    }

    /// Answers whoever still waits when the recorder can wait no longer.
    private func giveUp() {
        for submission in state.intake.takeOverdue(at: Instant(nanoseconds: .max)) {
            refuse(submission, with: RecorderState.draining)
        }
        state.batches = []
        state.queries.giveUp()
    }

    private func refuse(_ submission: Submission, with refusal: Refusal) {
        state.counters.refuse(submission.unpreparedCount, with: refusal.code)
        submission.settleRest(.init(refusal))
    }

    private func logReady() {
        guard !hasToldReady, state.isReady else { return }
        hasToldReady = true
        logger.info("ready", metadata: ["recorder": "\(state.name)"])
    }
}
