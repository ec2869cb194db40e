import Endpoints
import Requesting
import Resolving

/// Finds the gateways that an address means.
final class ReplicaFinder {
    private let address: GatewayAddress
    let http: HTTPClient
    private let timeout: Duration
    private let resolver: Resolver?

    /// - Parameter nameserver: the DNS server to ask, instead of those of /etc/resolv.conf.
    init(_ address: GatewayAddress, timeout: Duration, nameserver: Endpoint?) throws {
        self.address = address
        self.timeout = timeout
        http = try HTTPClient(agent: GatewayClient.agent, maximumAnswerBytes: 8 << 20)
        guard case .replicas = address else {
            resolver = nil
            return
        }
        resolver = try Resolver(
            nameserver.map { ResolverConfiguration(nameservers: [$0]) }
                ?? ResolverConfiguration(file: "/etc/resolv.conf"))
    }

    /// The gateways there are now; looked up anew each time, since replicas come and go.
    func find() async throws -> [Replica] {
        guard case .replicas(let request, _) = address, let resolver else {
            return [replica(at: address.text)]
        }
        let result = await withCheckedContinuation { continuation in
            resolver.lookUp(request) { continuation.resume(returning: $0) }
        }
        switch result {
        case .complete(let found, _), .truncated(let found, _):
            // Pods are reached directly, whatever proxy is set.
            return found.map { replica(at: "http://\($0.endpoint)", usesProxy: false) }
        case .negative(let reason), .unknown(let reason):
            throw ProgramFailure("cannot find gateways at \(address.text): \(reason)")
        }
    }

    private func replica(at url: String, usesProxy: Bool = true) -> Replica {
        var client = GatewayClient(url: url, http: http)
        client.timeout = timeout
        client.usesProxy = usesProxy
        return Replica(client: client)
    }
}
