import Clocks
import Endpoints
import Resolving
import Testing

@testable import headcast

struct ReplicaFinderTests {
    private let finder: ReplicaFinder
    private let start = Instant(nanoseconds: 1_000_000_000)

    init() throws {
        finder = try ReplicaFinder(
            try GatewayAddress("dns://gw:8080"), timeout: .seconds(1),
            nameserver: Endpoint(address: .loopback, port: 53))
    }

    private func found(_ result: LookupResult, after seconds: Int = 0) throws -> ReplicaFinder.Found {
        try finder.found(by: result, at: start + .seconds(seconds))
    }

    @Test func `every address is a gateway, reached past proxies`() throws {
        let found = try found(Looked.found("10.0.0.1", "10.0.0.2"))
        #expect(found.replicas.map(\.client.url) == ["http://10.0.0.1:12000", "http://10.0.0.2:12000"])
        #expect(found.replicas.allSatisfy { !$0.client.usesProxy })
        #expect(found.doubt == nil)
    }

    @Test(arguments: [LookupResult.unknown(reason: "SERVFAIL"), .negative(reason: "SERVFAIL")])
    func `addresses are kept while DNS tells none, and it says so`(failure: LookupResult) throws {
        _ = try found(Looked.found("10.0.0.1"))
        let kept = try found(failure, after: 12)
        #expect(kept.replicas.map(\.client.url) == ["http://10.0.0.1:12000"])
        #expect(kept.doubt == "cannot find gateways at dns://gw:8080: SERVFAIL; asked are those of 12 s ago")
        #expect(try found(Looked.found("10.0.0.2"), after: 14).doubt == nil)
    }

    @Test func `where DNS never told any it is a failure`() throws {
        #expect(throws: ProgramFailure.self) { try found(.unknown(reason: "SERVFAIL")) }
    }

    @Test func `an answer that was cut does not stand for all`() throws {
        guard case .complete(let endpoints, let time) = try Looked.found("10.0.0.1") else { return }
        let found = try found(.truncated(endpoints, timeToLive: time))
        #expect(found.replicas.count == 1)
        #expect(found.doubt?.hasPrefix("the answer of DNS is cut after 1 address: ") == true)
    }
}
