import Endpoints
import Testing

@testable import Resolving

struct FamilyOutcomeTests {
    private static let v4 = FamilyOutcome.found(
        [ResolvedEndpoint(endpoint: Endpoint(address: IPAddress(v4: 1), port: 1))], timeToLive: .seconds(5),
        isTruncated: false)
    private static let v6 = FamilyOutcome.found(
        [ResolvedEndpoint(endpoint: Endpoint(address: IPAddress(bits: 1), port: 1))], timeToLive: .seconds(3),
        isTruncated: false)
    private static let failed = FamilyOutcome.unknown("SERVFAIL")

    private func verdict(
        _ rule: AddressFamilyRule, _ ipv4: FamilyOutcome?, _ ipv6: FamilyOutcome?
    ) -> FamilyOutcome? {
        FamilyOutcomes(rule: rule, ipv4: ipv4, ipv6: ipv6).verdict
    }

    private var contradiction: FamilyOutcome {
        .unknown("NXDOMAIN for one address family and addresses of the other")
    }

    @Test(arguments: [nil, v6, .noData, .noSuchName, failed])
    func `auto takes IPv4 where there is any, whatever IPv6 says`(other: FamilyOutcome?) {
        #expect(verdict(.auto, FamilyOutcomeTests.v4, other) == FamilyOutcomeTests.v4)
    }

    @Test(arguments: [nil, v6, .noData, .noSuchName])
    func `auto knows nothing when IPv4 is unknown`(other: FamilyOutcome?) {
        #expect(verdict(.auto, FamilyOutcomeTests.failed, other) == FamilyOutcomeTests.failed)
    }

    @Test func `auto takes IPv6 where there is no IPv4`() {
        #expect(verdict(.auto, .noData, FamilyOutcomeTests.v6) == FamilyOutcomeTests.v6)
        #expect(verdict(.auto, .noData, FamilyOutcomeTests.failed) == FamilyOutcomeTests.failed)
    }

    @Test func `auto waits for IPv6 where there is no IPv4`() {
        #expect(verdict(.auto, .noData, nil) == nil)
        #expect(verdict(.auto, nil, FamilyOutcomeTests.v6) == nil)
    }

    @Test func `a name that exists for one family only is a contradiction`() {
        #expect(verdict(.auto, .noSuchName, FamilyOutcomeTests.v6) == contradiction)
        #expect(verdict(.both, .noSuchName, FamilyOutcomeTests.v6) == contradiction)
        #expect(verdict(.both, FamilyOutcomeTests.v4, .noSuchName) == contradiction)
    }

    @Test(arguments: [AddressFamilyRule.auto, .both])
    func `a name without addresses is an absence`(rule: AddressFamilyRule) {
        #expect(verdict(rule, .noSuchName, .noSuchName) == .noSuchName)
        #expect(verdict(rule, .noData, .noData) == .noData)
        #expect(verdict(rule, .noData, .noSuchName) == .noData)
        #expect(verdict(rule, .noSuchName, .noData) == .noData)
    }

    @Test func `both waits for both`() {
        #expect(verdict(.both, FamilyOutcomeTests.v4, nil) == nil)
        #expect(verdict(.both, nil, FamilyOutcomeTests.v6) == nil)
    }

    @Test func `both takes the addresses of both and the shorter time to live`() {
        guard
            case .found(let endpoints, .seconds(3), false)? = verdict(
                .both, FamilyOutcomeTests.v4, FamilyOutcomeTests.v6)
        else {
            Issue.record("not found")
            return
        }
        #expect(endpoints.count == 2)
    }

    @Test func `both takes one family where the other has no addresses`() {
        #expect(verdict(.both, FamilyOutcomeTests.v4, .noData) == FamilyOutcomeTests.v4)
        #expect(verdict(.both, .noData, FamilyOutcomeTests.v6) == FamilyOutcomeTests.v6)
    }

    @Test func `both knows nothing when one is unknown`() {
        #expect(verdict(.both, FamilyOutcomeTests.failed, FamilyOutcomeTests.v6) == FamilyOutcomeTests.failed)
        #expect(verdict(.both, FamilyOutcomeTests.v4, FamilyOutcomeTests.failed) == FamilyOutcomeTests.failed)
        #expect(verdict(.both, .noSuchName, FamilyOutcomeTests.failed) == FamilyOutcomeTests.failed)
    }

    @Test func `one family alone is what it says`() {
        #expect(verdict(.ipv4, FamilyOutcomeTests.v4, nil) == FamilyOutcomeTests.v4)
        #expect(verdict(.ipv6, nil, .noSuchName) == .noSuchName)
    }

    @Test func `a truncated answer without addresses is no absence`() {
        let reply = Reply.answer(.noData, isTruncated: true)
        #expect(reply.outcome(port: 1) == .unknown("truncated answer without addresses"))
    }
}
