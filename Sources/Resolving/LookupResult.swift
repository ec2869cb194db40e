import Endpoints

/// What one lookup found out.
package enum LookupResult: Hashable, Sendable {
    /// Every endpoint there is: sorted, each once, never none. The time to live is the least of all records used.
    case complete([ResolvedEndpoint], timeToLive: Duration)

    /// Some of the endpoints: the answer was cut even over TCP (beyond about 4,000 addresses). Nothing can be said about
    /// those that are not in it.
    case truncated([ResolvedEndpoint], timeToLive: Duration)

    /// The nameserver says that there is no such name, or nothing of what was asked for.
    case negative(reason: String)

    /// Nobody knows: a failing, silent or unreachable nameserver, or an answer that cannot be used.
    case unknown(reason: String)
}

/// A member as DNS tells it.
package struct ResolvedEndpoint: Hashable, Sendable {
    package var endpoint: Endpoint

    /// The pod's name, where the target of its SRV record is one. Names made up from the address tell nothing and are
    /// left out.
    package var name: String?

    package init(endpoint: Endpoint, name: String? = nil) {
        self.endpoint = endpoint
        self.name = name
    }
}

extension ResolvedEndpoint: Comparable {
    /// By endpoint; of equal ones, a named one comes first.
    package static func < (left: ResolvedEndpoint, right: ResolvedEndpoint) -> Bool {
        guard left.endpoint == right.endpoint else { return left.endpoint < right.endpoint }
        guard let rightName = right.name else { return left.name != nil }
        return left.name.map { $0 < rightName } ?? false
    }
}

extension [ResolvedEndpoint] {
    /// Sorted, each endpoint once.
    func normalized() -> [ResolvedEndpoint] {
        var result: [ResolvedEndpoint] = []
        for candidate in sorted() where candidate.endpoint != result.last?.endpoint { result.append(candidate) }
        return result
    }
}
