import Endpoints
import Resolving
import Testing

@testable import headcast

/// A lookup as a test writes it down.
struct Looked {
    static let server = Endpoint(address: IPAddress(v4: 0x0A60_000A), port: 53)
    static let name = "headless-udp.shop.svc.cluster.local"

    var name = Looked.name
    var port = LookupPort.number(12_000)
    var family = AddressFamilyRule.auto
    var exchanges: [DNSExchange] = []
    var aside: LookupResult?

    func facts(_ result: LookupResult) throws -> LookupFacts {
        let request = try LookupRequest(name: name, port: port, family: family)
        var facts = LookupFacts(request: request, result: result, exchanges: exchanges)
        facts.aside = aside
        return facts
    }

    /// Members at these addresses, on the port that DNS gave.
    static func found(_ addresses: String..., timeToLive: Int = 5, pods: [String] = []) throws -> LookupResult {
        let endpoints = try addresses.enumerated().map { index, address in
            ResolvedEndpoint(
                endpoint: Endpoint(address: try #require(IPAddress(address)), port: 12_000),
                name: index < pods.count ? pods[index] : nil)
        }
        return .complete(endpoints, timeToLive: .seconds(timeToLive))
    }

    static func exchange(
        _ outcome: DNSExchange.Outcome, _ name: String = Looked.name, _ type: RecordType = .a,
        over transport: DNSTransport = .udp, in time: Duration = .milliseconds(2)
    ) throws -> DNSExchange {
        DNSExchange(
            question: DNSQuestion(name: try #require(DNSName(name)), type: type), nameserver: server,
            transport: transport, time: time, outcome: outcome)
    }

    static func answer(_ code: UInt16 = 0, bytes: Int = 100, isTruncated: Bool = false) -> DNSExchange.Outcome {
        .answered(DNSExchange.Answer(byteCount: bytes, code: code, isTruncated: isTruncated))
    }
}

extension [Finding] {
    /// The findings on a subject, without their advice.
    func lines(_ subject: String) -> [String] {
        filter { $0.subject == subject }.map { "\($0.level.rawValue) \($0.text)" }
    }

    func advice(_ subject: String) -> String {
        filter { $0.subject == subject }.compactMap(\.advice).joined(separator: "\n")
    }
}
