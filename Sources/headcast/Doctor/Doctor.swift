import Datagrams
import Endpoints
import Gateway
import Resolving
import Synchronization

/// Meets what a gateway with the same settings would meet, and reports.
///
/// Looks names up as it does, asks the kernel for routes, and sends datagrams to ports where nobody listens: at most
/// 64 addresses in all, and 10 s of DNS and 3.2 s of trying whatever the settings.
struct Doctor {
    let configuration: GatewayConfiguration
    /// Whether datagrams are sent to try the way.
    let probes: Bool

    private static let maximumDestinations = 64
    /// What is sent at once for one topic: less than the least send buffer of Linux holds.
    private static let maximumBytes = 128 << 10

    func examine() async throws -> DoctorReport {
        let resolverConfiguration = try configuration.needsDNS ? configuration.resolverConfiguration() : nil
        let lookups = try await lookUp(resolverConfiguration)
        let source = configuration.sendFrom
        let seen = zip(configuration.topics, lookups).map { Seen($0, $1, sentFrom: source) }
        let trying = probes ? probe(seen) : .not(because: "--no-probe is given")
        let topics = seen.map { seen in
            Chapter(
                title: "topic \(seen.topic.name)  \(seen.topic.source.summary)", findings: seen.findings(trying))
        }
        let facts = try MachineFacts.gather(for: configuration, resolver: resolverConfiguration)
        let machine = MachineCheck(configuration: configuration, facts: facts)
        return DoctorReport(chapters: topics + [Chapter(title: "this machine", findings: machine.findings)])
    }

    /// What is known of one topic before anything is sent to its endpoints.
    private struct Seen {
        let topic: TopicConfiguration
        let lookup: LookupFacts?
        let addresses: [IPAddress]
        let ports: [UInt16]
        let routes: [IPAddress: Route]

        init(_ topic: TopicConfiguration, _ lookup: LookupFacts?, sentFrom source: Endpoint?) {
            let endpoints =
                if case .static(let endpoints) = topic.source { endpoints } else {
                    lookup?.found?.endpoints.map(\.endpoint) ?? []
                }
            self.topic = topic
            self.lookup = lookup
            addresses = Set(endpoints.map(\.address)).sorted()
            ports = endpoints.map(\.port)
            routes = Dictionary(uniqueKeysWithValues: addresses.map { ($0, Route(to: $0, from: source?.address)) })
        }

        func findings(_ trying: PathCheck.Trying) -> [Finding] {
            let answers = lookup.map { NameCheck(facts: $0).findings + AnswerCheck(facts: $0).findings } ?? []
            return answers
                + EndpointCheck(addresses: addresses, isListed: lookup == nil, routes: routes).findings
                + PathCheck(topic: topic, addresses: addresses, routes: routes, trying: trying).findings
        }

        /// Where to try, at most `count`, spread over the list; fewer where datagrams are long, since all leave at once
        /// and what a send buffer has no room for would seem to vanish.
        func destinations(atMost count: Int) -> [PathProbe.Destination] {
            let bytes = topic.largestDatagramBytes
            let count = min(count, max(1, Doctor.maximumBytes / bytes))
            let open = addresses.filter { if case .open = routes[$0] { !$0.isMulticast } else { false } }
            let step = max(1, Double(open.count) / Double(count))
            return (0..<min(count, open.count)).map {
                PathProbe.Destination(address: open[Int(Double($0) * step)], payloadBytes: bytes)
            }
        }
    }

    private func probe(_ seen: [Seen]) -> PathCheck.Trying {
        let share = max(1, Self.maximumDestinations / seen.count)
        let destinations = seen.flatMap { $0.destinations(atMost: share) }.prefix(Self.maximumDestinations)
        let probe = PathProbe(source: configuration.sendFrom?.address, avoiding: Set(seen.flatMap(\.ports)))
        guard probe.isPossible else {
            let (first, last) = (PathProbe.ports.lowerBound, PathProbe.ports.upperBound)
            return .not(because: "the endpoints have the ports \(first) to \(last) themselves")
        }
        do {
            return .done(try probe.run(Set(destinations)))
        } catch {
            // A source that cannot be had is a finding about the machine, too.
            return .not(because: "\(error)")
        }
    }

    /// Looks all names up at the same time; nil for lists.
    private func lookUp(_ settings: ResolverConfiguration?) async throws -> [LookupFacts?] {
        let requests = try configuration.topics.map { try $0.lookupRequest() }
        guard let settings else { return requests.map { _ in nil } }
        let completion: LookupFacts.Completion =
            configuration.resolver != nil ? .resolverSet : settings.searchDomains.isEmpty ? .noDomains : .possible
        let resolver = try Resolver(settings)
        defer { resolver.shutDown() }
        return try await withThrowingTaskGroup(of: (Int, LookupFacts).self) { group in
            for (index, request) in requests.enumerated() {
                guard let request else { continue }
                group.addTask { (index, try await Self.lookUp(request, with: resolver, completion)) }
            }
            var facts = [LookupFacts?](repeating: nil, count: requests.count)
            for try await (index, found) in group { facts[index] = found }
            return facts
        }
    }

    private static func lookUp(
        _ request: LookupRequest, with resolver: Resolver, _ completion: LookupFacts.Completion
    ) async throws -> LookupFacts {
        let exchanges = Exchanges()
        let result = await withCheckedContinuation { continuation in
            resolver.lookUp(request, observer: exchanges.add) { continuation.resume(returning: $0) }
        }
        var facts = LookupFacts(request: request, result: result, exchanges: exchanges.all)
        facts.completion = completion
        if let aside = try facts.requestAside() {
            facts.aside = await withCheckedContinuation { continuation in
                resolver.lookUp(aside) { continuation.resume(returning: $0) }
            }
        }
        return facts
    }

    /// Collects what an observer on the resolver's thread is told.
    private final class Exchanges: Sendable {
        private let list = Mutex<[DNSExchange]>([])

        var all: [DNSExchange] { list.withLock { $0 } }

        func add(_ exchange: DNSExchange) { list.withLock { $0.append(exchange) } }
    }
}

extension GatewayConfiguration {
    fileprivate var needsDNS: Bool {
        topics.contains { if case .dns = $0.source { true } else { false } }
    }
}

extension TopicSource {
    /// For a title: a long list only by its length.
    fileprivate var summary: String {
        if case .static(let endpoints) = self, endpoints.count > 3 { return "static, \(endpoints.count) endpoints" }
        return description
    }
}
