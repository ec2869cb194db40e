/// What is known about the endpoints of one address family under one name.
enum FamilyOutcome: Hashable {
    case found([ResolvedEndpoint], timeToLive: Duration, isTruncated: Bool)

    /// The name has records, but none of this family.
    case noData

    /// The name has no records at all.
    case noSuchName

    case unknown(String)
}

/// The outcomes of both families under one name, and what they say together.
struct FamilyOutcomes {
    let rule: AddressFamilyRule
    var ipv4: FamilyOutcome?
    var ipv6: FamilyOutcome?

    init(rule: AddressFamilyRule, ipv4: FamilyOutcome? = nil, ipv6: FamilyOutcome? = nil) {
        self.rule = rule
        self.ipv4 = ipv4
        self.ipv6 = ipv6
    }

    subscript(type: RecordType) -> FamilyOutcome? {
        get { type == .aaaa ? ipv6 : ipv4 }
        set { if type == .aaaa { ipv6 = newValue } else { ipv4 = newValue } }
    }

    /// What the families say together under the rule; nil while an outcome that it depends on is missing.
    ///
    /// A name that exists for one family and not for the other does not exist in DNS: one of the two answers is false,
    /// and since CoreDNS gives false NXDOMAINs, neither is used.
    var verdict: FamilyOutcome? {
        switch rule {
        case .ipv4: ipv4
        case .ipv6: ipv6
        case .auto: ipv4.flatMap { preferring($0, else: ipv6) }
        case .both: ipv4.flatMap { ipv4 in ipv6.map { union(ipv4, $0) } }
        }
    }

    private func preferring(_ ipv4: FamilyOutcome, else ipv6: FamilyOutcome?) -> FamilyOutcome? {
        switch (ipv4, ipv6) {
        // IPv6 in place of an IPv4 that only nobody could tell would change every member's address for a while.
        case (.found, _), (.unknown, _): ipv4
        case (_, nil): nil
        case (.noSuchName, .found?): .unknown(FamilyOutcomes.contradiction)
        case (.noSuchName, .noData?), (.noData, .noSuchName?): .noData
        case (_, let ipv6?): ipv6
        }
    }

    private func union(_ ipv4: FamilyOutcome, _ ipv6: FamilyOutcome) -> FamilyOutcome {
        switch (ipv4, ipv6) {
        case (.unknown, _): ipv4
        case (_, .unknown): ipv6
        case (.found(let left, let leftTime, let leftCut), .found(let right, let rightTime, let rightCut)):
            .found(left + right, timeToLive: min(leftTime, rightTime), isTruncated: leftCut || rightCut)
        case (.noSuchName, .found), (.found, .noSuchName): .unknown(FamilyOutcomes.contradiction)
        case (.found, .noData): ipv4
        case (.noData, .found): ipv6
        case (.noSuchName, .noSuchName): .noSuchName
        case (.noData, .noData), (.noData, .noSuchName), (.noSuchName, .noData): .noData
        }
    }

    private static let contradiction = "NXDOMAIN for one address family and addresses of the other"
}
