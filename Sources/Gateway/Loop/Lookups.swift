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
        requests = try configuration.topics.map { try $0.lookupRequest() }
        guard requests.contains(where: { $0 != nil }) else {
            resolver = nil
            return
        }
        resolver = try Resolver(configuration.resolverConfiguration())
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
