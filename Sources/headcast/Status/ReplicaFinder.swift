import Clocks
import Endpoints
import Gateway
import Requesting
import Resolving

/// Finds the gateways that an address means.
final class ReplicaFinder {
    private let address: GatewayAddress
    let http: HTTPClient
    private let timeout: Duration
    private let resolver: Resolver?
    /// What DNS told last.
    private var last: (endpoints: [ResolvedEndpoint], at: Instant)?

    /// Gateways to ask.
    struct Found {
        var replicas: [Replica]
        /// Why these may not be all there are.
        var doubt: String?
    }

    /// - Parameter nameserver: the DNS server to ask, instead of those of ``GatewayConfiguration/resolverFile``.
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
                ?? ResolverConfiguration(file: GatewayConfiguration.resolverFile))
    }

    /// The gateways there are now; looked up anew each time, since replicas come and go.
    ///
    /// Throws where DNS tells nothing and has never told anything.
    func find() async throws -> Found {
        guard case .replicas(let request, _) = address, let resolver else {
            return Found(replicas: [replica(at: address.text)])
        }
        let result = await withCheckedContinuation { continuation in
            resolver.lookUp(request) { continuation.resume(returning: $0) }
        }
        return try found(by: result, at: .now)
    }

    /// What a lookup that ended at `now` says, or else the last one that said something.
    func found(by result: LookupResult, at now: Instant) throws(ProgramFailure) -> Found {
        switch result {
        case .complete(let endpoints, _):
            last = (endpoints, now)
            return Found(replicas: replicas(endpoints))
        case .truncated(let endpoints, _):
            last = (endpoints, now)
            let doubt =
                "the answer of DNS is cut after \(Wording.count(endpoints.count, "address")): "
                + "there are gateways that are not asked"
            return Found(replicas: replicas(endpoints), doubt: doubt)
        case .negative(let reason), .unknown(let reason):
            guard let last else { throw ProgramFailure("cannot find gateways at \(address.text): \(reason)") }
            let age = Duration.seconds((now - last.at).components.seconds)
            let doubt = "cannot find gateways at \(address.text): \(reason); asked are those of \(age.text) ago"
            return Found(replicas: replicas(last.endpoints), doubt: doubt)
        }
    }

    private func replicas(_ endpoints: [ResolvedEndpoint]) -> [Replica] {
        // Pods are reached directly, whatever proxy is set.
        endpoints.map { replica(at: "http://\($0.endpoint)", usesProxy: false) }
    }

    private func replica(at url: String, usesProxy: Bool = true) -> Replica {
        var client = GatewayClient(url: url, http: http)
        client.timeout = timeout
        client.usesProxy = usesProxy
        return Replica(client: client)
    }
}
