import Clocks
import Glibc

/// The resolver's thread: waits for answers, requests and deadlines, and runs the lookups.
///
/// Made and used on that thread only; what comes from others comes through the inbox.
final class ResolverLoop {
    private struct Entry {
        var lookup: Lookup
        var deadline: ContinuousClock.Instant
    }

    /// Requests come from topics, of which there are few; this only keeps a mistake from growing without end.
    private static let maximumRemembered = 4_096

    private let inbox: ResolverInbox
    private let configuration: ResolverConfiguration
    private let nameservers: Nameservers
    private var entries: [UInt64: Entry] = [:]
    private var count: UInt64 = 0

    /// The name that last answered each request: it is asked for alone from then on.
    private var answered: [LookupRequest: DNSName] = [:]

    init(_ configuration: ResolverConfiguration, inbox: ResolverInbox) throws(ResolvingError) {
        self.configuration = configuration
        self.inbox = inbox
        nameservers = try Nameservers(configuration)
    }

    /// Runs until the inbox is closed; then every lookup under way ends as unknown.
    func run() {
        while true {
            let (jobs, isClosed) = inbox.take()
            for job in jobs { start(job) }
            if isClosed { break }
            wait()
            endOverdue()
        }
        for entry in entries.values { entry.lookup.end(.unknown(reason: Resolver.shutDownReason)) }
        nameservers.close()
    }

    private func start(_ job: ResolverInbox.Job) {
        count += 1
        let key = count
        let candidates = answered[job.request].map { [$0] } ?? configuration.candidates(for: job.request)
        let lookup = Lookup(
            job.request, candidates: candidates,
            ask: { [nameservers] in nameservers.ask($0, observer: job.observer, completion: $1) },
            completion: { [weak self] result, name in
                self?.finish(key, request: job.request, answeredBy: name)
                job.completion(result)
            })
        entries[key] = Entry(lookup: lookup, deadline: .now + configuration.timeLimit)
        lookup.start()
    }

    private func finish(_ key: UInt64, request: LookupRequest, answeredBy name: DNSName?) {
        entries[key] = nil
        guard let name else { return }
        if answered.count >= ResolverLoop.maximumRemembered { answered = [:] }
        answered[request] = name
    }

    private func wait() {
        var descriptors = [pollfd(fd: inbox.wakePipe.readEnd, events: Int16(POLLIN), revents: 0)]
        nameservers.appendDescriptors(to: &descriptors)
        let milliseconds = Int32(clamping: nameservers.wait(atMost: timeToDeadline).milliseconds)
        poll(&descriptors, nfds_t(descriptors.count), entries.isEmpty ? -1 : max(0, milliseconds))
        inbox.wakePipe.drain()
        nameservers.process(descriptors.dropFirst())
    }

    private var timeToDeadline: Duration {
        guard let first = entries.values.map(\.deadline).min() else { return configuration.timeLimit }
        return first - .now
    }

    private func endOverdue() {
        let now = ContinuousClock.now
        for entry in entries.values where entry.deadline <= now {
            entry.lookup.end(.unknown(reason: "no answer within \(configuration.timeLimit.text)"))
        }
    }
}
