/// One lookup, from its first question to its result.
///
/// Asks for each name of the search list in turn until one answers or nobody knows. Knows no sockets and no time: the
/// questions go out through `ask`, whose replies may come at once or later, and ``end(_:)`` cuts it short.
/// Confined to the thread that started it.
final class Lookup {
    typealias Ask = (DNSQuestion, @escaping (Reply) -> Void) -> Void

    /// Questions for SRV targets that wait for their replies at the same time.
    private static let maximumQuestions = 32

    private let request: LookupRequest
    private let candidates: [DNSName]
    private let ask: Ask
    private var completion: ((LookupResult, DNSName?) -> Void)?

    /// Index of the candidate being asked for; replies for earlier ones are of no interest.
    private var current = 0
    private var families: FamilyOutcomes
    private var services: ServiceResolution?
    private var isAsking = false
    private var asked = 0
    private var answered = 0
    private var noNames = 0

    /// - Parameters:
    ///   - candidates: the names to try, in order; never empty.
    ///   - completion: called exactly once, with the name that answered if one did.
    init(
        _ request: LookupRequest, candidates: [DNSName], ask: @escaping Ask,
        completion: @escaping (LookupResult, DNSName?) -> Void
    ) {
        self.request = request
        self.candidates = candidates
        self.ask = ask
        self.completion = completion
        families = FamilyOutcomes(rule: request.family)
    }

    func start() {
        guard current < candidates.count else { return end(.negative(reason: negativeReason)) }
        let name = candidates[current]
        switch request.port {
        case .number(let port): askForAddresses(of: name, port: port)
        case .named(let word): askForServices(named: word, of: name)
        }
    }

    /// Completes with `result`, unless this lookup has completed already.
    func end(_ result: LookupResult, answeredBy name: DNSName? = nil) {
        guard let completion else { return }
        self.completion = nil
        completion(result, name)
    }

    private func askForAddresses(of name: DNSName, port: UInt16) {
        let step = current
        families = FamilyOutcomes(rule: request.family)
        for type in request.family.types {
            ask(DNSQuestion(name: name, type: type)) { [self] reply in
                guard step == current, completion != nil else { return }
                families[type] = reply.outcome(port: port)
                if let verdict = families.verdict { conclude(verdict) }
            }
        }
    }

    private func askForServices(named word: String, of name: DNSName) {
        guard let service = LookupPort.serviceName(of: word)?.under(name) else { return conclude(.noData) }
        let step = current
        ask(DNSQuestion(name: service, type: .srv)) { [self] reply in
            guard step == current, completion != nil else { return }
            switch reply {
            case .answer(.services(let services), let isTruncated):
                self.services = ServiceResolution(
                    services, isTruncated: isTruncated, domain: name, rule: request.family)
                asked = 0
                answered = 0
                askForTargets()
            case .answer(.noData, isTruncated: true): conclude(.unknown("truncated answer without SRV records"))
            case .answer(.noData, _): conclude(.noData)
            case .answer(.noSuchName, _): conclude(.noSuchName)
            case .answer(.addresses, _): conclude(.unknown("addresses for a question for SRV records"))
            case .unknown(let reason): conclude(.unknown(reason))
            }
        }
    }

    private func askForTargets() {
        // Replies that come at once must not pile up calls of this function on the stack.
        guard !isAsking else { return }
        isAsking = true
        while completion != nil, asked - answered < Lookup.maximumQuestions, let question = services?.missing(asked) {
            asked += 1
            ask(question) { [self] reply in receive(reply, to: question) }
        }
        isAsking = false
        guard completion != nil, let services, answered == services.missing.count else { return }
        if let verdict = services.outcomes.verdict { conclude(verdict) }
    }

    private func receive(_ reply: Reply, to question: DNSQuestion) {
        guard completion != nil else { return }
        answered += 1
        services?.record(reply, to: question)
        askForTargets()
    }

    private func conclude(_ verdict: FamilyOutcome) {
        let name = candidates[current]
        switch verdict {
        case .found(let endpoints, let timeToLive, isTruncated: false):
            end(.complete(endpoints.normalized(), timeToLive: timeToLive), answeredBy: name)
        case .found(let endpoints, let timeToLive, isTruncated: true):
            end(.truncated(endpoints.normalized(), timeToLive: timeToLive), answeredBy: name)
        case .unknown(let reason):
            end(.unknown(reason: reason))
        case .noSuchName, .noData:
            if verdict == .noSuchName { noNames += 1 }
            services = nil
            current += 1
            start()
        }
    }

    private var negativeReason: String {
        let name = request.parsedName
        let types = request.family.types.map(\.description).joined(separator: " or ")
        let (record, owner) =
            switch request.port {
            case .number: (types, "\(name)")
            case .named(let word): ("SRV record with \(types)", "_\(word)._udp.\(name)")
            }
        let others = candidates.count > 1 ? ", nor under \(candidates.count - 1) search domains" : ""
        return (noNames == candidates.count ? "NXDOMAIN for " : "no \(record) record for ") + owner + others
    }
}
