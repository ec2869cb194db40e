import Glibc
import Synchronization
import Testing

@testable import Resolving

struct ResolverLifeTests {
    @Test func `a shutdown ends lookups under way as unknown`() async throws {
        let server = try ScriptedNameserver { _ in .silence }
        let resolver = try Asking(server, timeout: .seconds(5))
        async let result = resolver.lookUp("headless.shop")
        #expect(try await eventually { !server.received.isEmpty })
        resolver.resolver.shutDown()
        #expect(try await result == .unknown(reason: "shut down"))
    }

    @Test func `a lookup after the shutdown is unknown at once`() async throws {
        let server = try ScriptedNameserver { _ in .silence }
        let resolver = try Asking(server)
        resolver.resolver.shutDown()
        resolver.resolver.shutDown()
        #expect(try await resolver.lookUp("headless.shop") == .unknown(reason: "shut down"))
    }

    @Test func `a lookup takes no longer than the time limit`() async throws {
        let server = try ScriptedNameserver { _ in .silence }
        let resolver = try Asking(server, timeout: .seconds(60), timeLimit: .milliseconds(200))
        let result = try await resolver.lookUp("headless.shop")
        #expect(result == .unknown(reason: "no answer within 200 ms"))
    }

    @Test func `a resolver without a nameserver knows nothing`() async throws {
        let resolver = try Asking()
        #expect(try await resolver.lookUp("headless.shop") == .unknown(reason: "no nameserver"))
    }

    @Test func `a resolver given up in its own completion ends without waiting for itself`() async throws {
        let server = try ScriptedNameserver { query in .answer(query.answer.answering(a("10.0.0.1"))) }
        let request = try LookupRequest(name: "headless.shop", port: .number(1))
        let (stream, continuation) = AsyncStream.makeStream(of: LookupResult.self)
        let holder = Holder(try Resolver(ResolverConfiguration(nameservers: [server.endpoint])))
        holder.lookUp(request) { result in
            holder.giveUp()
            continuation.yield(result)
            continuation.finish()
        }
        var results: [LookupResult] = []
        for await result in stream { results.append(result) }
        #expect(try results == [.complete(endpoints("10.0.0.1:1"), timeToLive: .seconds(5))])
    }

    /// The only owner of a resolver.
    private final class Holder: Sendable {
        private let resolver: Mutex<Resolver?>

        init(_ resolver: Resolver) {
            self.resolver = Mutex(resolver)
        }

        func lookUp(_ request: LookupRequest, completion: @escaping @Sendable (LookupResult) -> Void) {
            resolver.withLock { $0 }?.lookUp(request, completion: completion)
        }

        func giveUp() { _ = resolver.withLock { $0.take() } }
    }

    @Test func `resolvers leave no descriptor behind`() async throws {
        let server = try ScriptedNameserver { query in .answer(query.answer.answering(a("10.0.0.1"))) }
        for _ in 0..<300 {
            let resolver = try Asking(server)
            _ = try await resolver.lookUp("headless.shop")
        }
        // Each would have left at least two; other tests open some at the same time.
        let next = dup(0)
        close(next)
        #expect(next < 500)
    }
}
