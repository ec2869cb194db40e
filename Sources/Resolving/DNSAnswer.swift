import Endpoints

/// What a nameserver's answer says about the name that was asked for.
package enum DNSAnswer: Hashable, Sendable {
    case addresses([IPAddress], timeToLive: Duration)
    case services(Services)

    /// NXDOMAIN: the name has no records of any type.
    case noSuchName

    /// The name has no record of the type asked for (NODATA; RFC 2308, section 2.2).
    case noData

    /// The records of an SRV answer, with the addresses that came along.
    package struct Services: Hashable, Sendable {
        package var targets: [Target]

        /// Addresses of targets, from the additional section.
        package var glue: [DNSName: [IPAddress]]

        package var timeToLive: Duration
    }

    package struct Target: Hashable, Sendable {
        package var name: DNSName
        package var port: UInt16
    }
}

extension DNSMessage {
    private static let maximumAliases = 16

    /// What this message answers to `question`.
    ///
    /// The time to live is the least of all records that were used, aliases and glue included. A truncated message
    /// gives what it holds, which is nothing to conclude an absence from.
    package func answer(to question: DNSQuestion) throws(DNSFault) -> DNSAnswer {
        guard self.question == question else { throw .malformed("answer to another question") }
        switch code {
        case 0: break
        case 3: return .noSuchName
        default: throw .failed(DNSMessage.name(ofCode: code))
        }
        let (name, aliasTimeToLive) = try follow(question.name)
        let records = answers.filter { $0.name == name && $0.type == question.type }
        guard !records.isEmpty else {
            guard !isReferral else { throw .referral }
            return .noData
        }
        let timeToLive = records.reduce(aliasTimeToLive) { min($0, $1.timeToLive) }
        if question.type == .srv { return .services(try services(records, timeToLive: timeToLive)) }
        return .addresses(try addresses(records), timeToLive: .seconds(Int64(timeToLive)))
    }

    /// Where the CNAME records of the answer lead from `name`, in whatever order they stand.
    private func follow(_ name: DNSName) throws(DNSFault) -> (DNSName, timeToLive: UInt32) {
        var aliases: [DNSName: (target: DNSName, timeToLive: UInt32)] = [:]
        for record in answers {
            if case .alias(let target) = record.content { aliases[record.name] = (target, record.timeToLive) }
        }
        var name = name
        var timeToLive = UInt32(Int32.max)
        var followed = 0
        while let alias = aliases[name] {
            followed += 1
            guard followed <= DNSMessage.maximumAliases else { throw .malformed("more than 16 aliases") }
            name = alias.target
            timeToLive = min(timeToLive, alias.timeToLive)
        }
        return (name, timeToLive)
    }

    private func addresses(_ records: [DNSRecord]) throws(DNSFault) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for record in records {
            guard case .address(let address) = record.content else { continue }
            // Sent to 0.0.0.0 or ::, a datagram would reach this machine itself.
            guard !address.isUnspecified else { throw .malformed("\(address) as an address") }
            addresses.append(address)
        }
        return addresses
    }

    private func services(_ records: [DNSRecord], timeToLive: UInt32) throws(DNSFault) -> DNSAnswer.Services {
        var targets: [DNSAnswer.Target] = []
        for record in records {
            guard case .service(let port, let target) = record.content else { continue }
            // A target of "." says that the service is not there (RFC 2782).
            guard !target.isRoot else { continue }
            guard port != 0 else { throw .malformed("SRV record with port 0") }
            targets.append(DNSAnswer.Target(name: target, port: port))
        }
        let names = Set(targets.map(\.name))
        let glue = Dictionary(grouping: additionals.filter { names.contains($0.name) }, by: \.name)
        var addressesByName: [DNSName: [IPAddress]] = [:]
        var timeToLive = timeToLive
        for (name, records) in glue {
            let found = try addresses(records)
            guard !found.isEmpty else { continue }
            addressesByName[name] = found
            for record in records where record.type == .a || record.type == .aaaa {
                timeToLive = min(timeToLive, record.timeToLive)
            }
        }
        return DNSAnswer.Services(targets: targets, glue: addressesByName, timeToLive: .seconds(Int64(timeToLive)))
    }

    /// Whether an empty answer only points elsewhere: NS without SOA, from a server without authority
    /// (RFC 2308, section 2.2).
    private var isReferral: Bool {
        answers.isEmpty && !isAuthoritative && authorities.contains { $0.type == .ns }
            && !authorities.contains { $0.type == .soa }
    }

    /// How people call a response code (RFC 1035, section 4.1.1; RFC 6891, section 9).
    static func name(ofCode code: UInt16) -> String {
        switch code {
        case 0: "NOERROR"
        case 1: "FORMERR"
        case 2: "SERVFAIL"
        case 3: "NXDOMAIN"
        case 4: "NOTIMP"
        case 5: "REFUSED"
        case 16: "BADVERS"
        default: "response code \(code)"
        }
    }
}
