import Datagrams
import Endpoints
import Foundation
import Glibc
import Testing

struct NeighborWatchTests {
    @Test func `nothing on loopback is unanswering`() throws {
        let watch = try #require(NeighborWatch())
        #expect(try Pod.sender().send([1], to: [Pod.deserted("127.0.0.17")]) == .sent(1))
        #expect(try Pod.sender().send([1], to: [Pod.deserted("::1")]) == .sent(1))
        for _ in 0..<2 {
            let unanswering = watch.unanswering()
            #expect(!unanswering.contains { $0.isLoopback })
        }
    }

    @Test(.enabled(if: geteuid() == 0, "network namespaces need root"))
    func `a neighbour that does not answer is found at the second look, a living one never`() async throws {
        let found = await Self.inNamespace {
            guard let watch = NeighborWatch(), let sender = try? Pod.sender() else { return [] }
            let texts = ["10.99.0.2:9", "10.99.0.1:9", "[fd99::2]:9"]
            let endpoints = texts.compactMap { Endpoint($0) }
            for endpoint in endpoints { _ = try? sender.send([1], to: [endpoint]) }
            return [watch.unanswering(), watch.unanswering()]
        }
        #expect(found == [[], [try #require(IPAddress("10.99.0.2")), try #require(IPAddress("fd99::2"))]])
    }

    /// Runs `body` on a thread in a network namespace of its own, whose one network has 10.99.0.1 and fd99::1.
    private static func inNamespace(
        _ body: @escaping @Sendable () -> [Set<IPAddress>]
    ) async -> [Set<IPAddress>] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                // Glibc's module hides unshare(2); a namespace entered here ends with the thread.
                typealias Unshare = @convention(c) (Int32) -> Int32
                let newNetwork: Int32 = 0x4000_0000
                guard let symbol = dlsym(nil, "unshare"),
                    unsafeBitCast(symbol, to: Unshare.self)(newNetwork) == 0,
                    system(
                        """
                        ip link add v0 type veth peer name v1 && ip link set v1 up && ip link set v0 up \
                        && ip addr add 10.99.0.1/24 dev v0 && ip addr add fd99::1/64 dev v0 nodad
                        """) == 0
                else {
                    continuation.resume(returning: [])
                    return
                }
                continuation.resume(returning: body())
            }
        }
    }
}
