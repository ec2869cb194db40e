import Endpoints

/// What came back for one question, from whichever nameserver answered.
enum Reply {
    case answer(DNSAnswer, isTruncated: Bool)
    case unknown(String)

    /// This reply to a question for addresses, as endpoints of `port`.
    func outcome(port: UInt16) -> FamilyOutcome {
        switch self {
        case .unknown(let reason): .unknown(reason)
        case .answer(.noSuchName, _): .noSuchName
        // What a truncated answer does not hold may still be there.
        case .answer(.noData, isTruncated: true): .unknown("truncated answer without addresses")
        case .answer(.noData, isTruncated: false): .noData
        case .answer(.services, _): .unknown("SRV records for a question for addresses")
        case .answer(.addresses(let addresses, let timeToLive), let isTruncated):
            .found(
                addresses.map { ResolvedEndpoint(endpoint: Endpoint(address: $0, port: port)) },
                timeToLive: timeToLive, isTruncated: isTruncated)
        }
    }
}
