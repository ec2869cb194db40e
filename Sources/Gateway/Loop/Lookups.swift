import EventLoop
import FanOut
import Resolving

/// The gateway's way to DNS: questions go out from the loop, answers come back through an inbox.
final class Lookups {
    /// What one lookup found, for the topic with this index.
    struct Answer: Sendable {
        let topic: Int
        let observation: Observation
    }

    let inbox: Inbox<Answer>
    /// Nil when no topic needs DNS.
    private let resolver: Resolver?
    private let requests: [LookupRequest?]

    init(_ configuration: GatewayConfiguration) throws {
        inbox = try Inbox()
        requests = try configuration.topics.map(Self.request)
        guard requests.contains(where: { $0 != nil }) else {
            resolver = nil
            return
        }
        let settings =
            try configuration.resolver.map { ResolverConfiguration(nameservers: [$0]) }
            ?? ResolverConfiguration(file: "/etc/resolv.conf")
        resolver = try Resolver(settings)
    }

    /// Asks for the members of the topic with this index; the answer comes through the inbox.
    func start(_ topic: Int) {
        guard let resolver, let request = requests[topic] else { return }
        resolver.lookUp(request) { [inbox] result in
            inbox.send(Answer(topic: topic, observation: Observation(result)))
        }
    }

    func shutDown() {
        resolver?.shutDown()
    }

    private static func request(_ topic: TopicConfiguration) throws -> LookupRequest? {
        guard case .dns(let name, let port) = topic.source else { return nil }
        let lookupPort: LookupPort =
            switch port {
            case .number(let number): .number(number)
            case .named(let word): .named(word)
            }
        let family: AddressFamilyRule =
            switch topic.family {
            case .auto: .auto
            case .ipv4: .ipv4
            case .ipv6: .ipv6
            case .both: .both
            }
        return try LookupRequest(name: name, port: lookupPort, family: family)
    }
}

extension Observation {
    init(_ result: LookupResult) {
        switch result {
        case .complete(let endpoints, let timeToLive):
            self = .complete(endpoints.map(Member.init), timeToLive: timeToLive)
        case .truncated(let endpoints, let timeToLive):
            self = .truncated(endpoints.map(Member.init), timeToLive: timeToLive)
        case .negative(let reason): self = .negative(reason: reason)
        case .unknown(let reason): self = .unknown(reason: reason)
        }
    }
}

extension Member {
    fileprivate init(_ resolved: ResolvedEndpoint) {
        self.init(endpoint: resolved.endpoint, name: resolved.name)
    }
}
