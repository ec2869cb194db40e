import Clocks
import Endpoints
import Resolving

/// What was seen while the name of one topic was looked up.
struct LookupFacts: Sendable {
    let request: LookupRequest
    let result: LookupResult

    /// Every question of the lookup, in the order in which they ended.
    let exchanges: [DNSExchange]

    /// Whether there are search domains, which names without a final dot are completed with.
    enum Completion {
        case possible
        /// The file that names the DNS servers names no domains.
        case noDomains
        /// It is not read, since a DNS server is set.
        case resolverSet
    }

    var completion = Completion.possible

    /// What a second lookup found, for what the first one leaves open: the IPv6 addresses where only the IPv4 ones
    /// count, and the addresses of a name that has no SRV records.
    var aside: LookupResult?

    /// What to look up besides; nil where nothing is open.
    func requestAside() throws(ResolvingError) -> LookupRequest? {
        switch (result, request.port) {
        case (.complete, .number) where request.family == .auto, (.truncated, .number) where request.family == .auto:
            try LookupRequest(name: "\(answeringName).", port: request.port, family: .ipv6)
        case (.negative, .named): try LookupRequest(name: request.name, port: .number(1), family: request.family)
        default: nil
        }
    }

    /// The members found; nil if none are known.
    var found: (endpoints: [ResolvedEndpoint], timeToLive: Duration)? {
        switch result {
        case .complete(let endpoints, let timeToLive), .truncated(let endpoints, let timeToLive):
            (endpoints, timeToLive)
        case .negative, .unknown: nil
        }
    }

    /// The names that were asked for, in order: those that search domains make of the topic's name.
    var names: [String] {
        var names: [String] = []
        for exchange in exchanges where isForName(exchange) {
            var name = "\(exchange.question.name)"
            if case .named(let word) = request.port { name = String(name.dropFirst(word.utf8.count + "_._udp.".count)) }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The last of them, which is the one that answered if any did.
    var answeringName: String { names.last ?? request.name }

    /// Whether the question is for the name of the topic, not for the target of an SRV record.
    func isForName(_ exchange: DNSExchange) -> Bool {
        if case .named = request.port { exchange.question.type == .srv } else { true }
    }

    /// The exchange that brought what is known of the name.
    var answer: (exchange: DNSExchange, answer: DNSExchange.Answer)? {
        for exchange in exchanges.reversed() where isForName(exchange) {
            if case .answered(let answer) = exchange.outcome, answer.isOfUse { return (exchange, answer) }
        }
        return nil
    }

    /// Questions that a nameserver failed to answer.
    var failures: [DNSExchange] { exchanges.filter { $0.failure != nil } }
}

extension DNSExchange.Answer {
    /// Whether it tells of the name: that it has records, or that it does not.
    var isOfUse: Bool { code == 0 || code == 3 }
}

extension DNSExchange {
    /// How the question failed; nil if it was answered.
    var failure: String? {
        switch outcome {
        case .answered(let answer) where answer.isOfUse: nil
        case .answered(let answer): "\(nameserver) answered \(answer.codeName)"
        case .timedOut: "\(nameserver) did not answer over \(transport) within \(time.text)"
        case .unreachable: "nobody answers at \(nameserver) over \(transport)"
        case .unusable(let fault): "\(nameserver) over \(transport): \(fault)"
        }
    }
}
