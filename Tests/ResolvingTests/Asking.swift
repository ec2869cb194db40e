import Endpoints
import Testing

@testable import Resolving

/// A resolver and the nameservers that it asks.
struct Asking: Sendable {
    let resolver: Resolver
    private let servers: [ScriptedNameserver]

    /// The resolver is impatient, since its nameservers are near.
    init(
        _ servers: ScriptedNameserver..., searchDomains: [String] = [], dots: Int = 1,
        timeout: Duration = .milliseconds(300), attempts: Int = 2, timeLimit: Duration = .seconds(5)
    ) throws {
        self.servers = servers
        resolver = try Resolver(
            ResolverConfiguration(
                nameservers: servers.map(\.endpoint), searchDomains: searchDomains.compactMap { DNSName($0) },
                dots: dots, timeout: timeout, attempts: attempts, timeLimit: timeLimit))
    }

    func lookUp(
        _ name: String, port: LookupPort = .number(12_000), family: AddressFamilyRule = .ipv4
    ) async throws -> LookupResult {
        let request = try LookupRequest(name: name, port: port, family: family)
        return await withCheckedContinuation { continuation in
            resolver.lookUp(request) { continuation.resume(returning: $0) }
        }
    }
}

/// Endpoints as tests write them: `10.0.0.1:12000` or `pod-0@10.0.0.1:12000`.
func endpoints(_ texts: String...) throws -> [ResolvedEndpoint] {
    try texts.map { text in
        let parts = text.split(separator: "@")
        let endpoint = try #require(parts.last.flatMap { Endpoint($0) })
        return ResolvedEndpoint(endpoint: endpoint, name: parts.count == 2 ? String(parts[0]) : nil)
    }
}

extension LookupResult {
    /// Whether nobody knows, for a reason that begins with `beginning`.
    func isUnknown(because beginning: String) -> Bool {
        if case .unknown(let reason) = self { reason.hasPrefix(beginning) } else { false }
    }
}

/// Whether `condition` comes true, in five minutes at the latest: the tests share few threads, and each waits its turn.
func eventually(_ condition: () -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(300)
    while !condition(), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(1)) }
    return condition()
}
