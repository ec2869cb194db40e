import Endpoints

/// Turns the SRV records of a named port into endpoints.
///
/// Takes the addresses that came with them and says which are still to be asked for.
struct ServiceResolution {
    private let domain: DNSName
    private let rule: AddressFamilyRule
    private let targets: [DNSName: [UInt16]]
    private let isTruncated: Bool
    private var timeToLive: Duration
    private var found: [RecordType: [ResolvedEndpoint]] = [:]
    private var faults: [RecordType: String] = [:]

    /// Questions for target addresses that nobody has answered yet.
    private(set) var missing: [DNSQuestion] = []

    /// - Parameter domain: the service's name; targets directly below it are named after their pods.
    init(_ services: DNSAnswer.Services, isTruncated: Bool, domain: DNSName, rule: AddressFamilyRule) {
        self.domain = domain
        self.rule = rule
        self.isTruncated = isTruncated
        timeToLive = services.timeToLive
        targets = Dictionary(grouping: services.targets, by: \.name).mapValues { $0.map(\.port) }
        for target in targets.keys.sorted(by: { $0.wire.lexicographicallyPrecedes($1.wire) }) {
            addGlue(services.glue[target] ?? [], of: target)
        }
    }

    private mutating func addGlue(_ glue: [IPAddress], of target: DNSName) {
        // A target spelled after its address has no other one, so that nothing is missing.
        let isSpelled = glue.contains { isSpelling(of: $0, target) }
        for type in rule.types {
            let addresses = glue.filter { $0.isIPv4 == (type == .a) }
            if addresses.isEmpty && !isSpelled {
                if target.isPlain {
                    missing.append(DNSQuestion(name: target, type: type))
                } else {
                    faults[type] = "SRV target \(target) is not a host name"
                }
            }
            add(addresses, of: target, type: type)
        }
    }

    /// The missing question at `index`; nil behind the last.
    func missing(_ index: Int) -> DNSQuestion? {
        index < missing.count ? missing[index] : nil
    }

    /// Takes the reply to one of the missing questions.
    mutating func record(_ reply: Reply, to question: DNSQuestion) {
        switch reply {
        case .answer(.addresses(let addresses, let timeToLive), isTruncated: false):
            self.timeToLive = min(self.timeToLive, timeToLive)
            add(addresses, of: question.name, type: question.type)
        // The pod left between the two answers, or has no address of this family.
        case .answer(.noData, isTruncated: false), .answer(.noSuchName, _): break
        case .answer: faults[question.type] = "unusable answer for SRV target \(question.name)"
        case .unknown(let reason): faults[question.type] = "\(reason), asked for SRV target \(question.name)"
        }
    }

    /// What all the answers together say; meaningful when every missing question was answered.
    var outcomes: FamilyOutcomes {
        var outcomes = FamilyOutcomes(rule: rule)
        for type in rule.types { outcomes[type] = outcome(of: type) }
        return outcomes
    }

    private func outcome(of type: RecordType) -> FamilyOutcome {
        if let fault = faults[type] { return .unknown(fault) }
        if let endpoints = found[type] {
            return .found(endpoints, timeToLive: timeToLive, isTruncated: isTruncated)
        }
        return isTruncated ? .unknown("truncated answer without \(type) records") : .noData
    }

    private mutating func add(_ addresses: [IPAddress], of target: DNSName, type: RecordType) {
        for address in addresses {
            let name = isSpelling(of: address, target) ? nil : target.label(below: domain) ?? target.description
            for port in targets[target] ?? [] {
                let endpoint = Endpoint(address: address, port: port)
                found[type, default: []].append(ResolvedEndpoint(endpoint: endpoint, name: name))
            }
        }
    }

    /// Whether `target` is one of the names that CoreDNS makes up for pods without a hostname: `10-42-0-1.…`.
    private func isSpelling(of address: IPAddress, _ target: DNSName) -> Bool {
        guard let label = target.labels.first, label.contains(UInt8(ascii: "-")) else { return false }
        let separator: Character = address.isIPv4 ? "." : ":"
        return IPAddress(String(decoding: label, as: UTF8.self).replacing("-", with: separator)) == address
    }
}

extension String {
    fileprivate func replacing(_ old: Character, with new: Character) -> String {
        String(map { $0 == old ? new : $0 })
    }
}
