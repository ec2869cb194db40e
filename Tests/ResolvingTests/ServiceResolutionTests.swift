import Testing

@testable import Resolving

struct ServiceResolutionTests {
    @Test func `a target with odd bytes is kept for display and never asked for`() throws {
        let odd: [UInt8] = [3, 0, 0x2E, 0xFF, 0]
        let message = AnswerBytes(type: .srv).answering(record(.srv, [0, 0, 0, 0, 0, 53] + odd))
        guard case .services(let services) = try DNSMessage(message.bytes).answer(to: try message.question) else {
            Issue.record("no services")
            return
        }
        let domain = try #require(DNSName("headless.shop"))
        let resolution = ServiceResolution(services, isTruncated: false, domain: domain, rule: .ipv4)
        #expect(resolution.missing.isEmpty)
        #expect(resolution.outcomes.verdict == .unknown("SRV target \\000\\.\\255 is not a host name"))
    }
}
