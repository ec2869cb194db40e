import Clocks
import Endpoints
import Glibc
import MicroHTTP
import Testing

@testable import headcast_benchmark

@Suite(.serialized)
struct LoadTests {
    private let load = LoadGenerator(Payload(count: 200), .single)

    @Test(arguments: [1, 7, 200]) func `every request is answered`(connections: Int) throws {
        let server = try YardstickServer()
        let outcome = try load.run(on: server.endpoint, connections: connections, for: .milliseconds(20))
        #expect(outcome.accepted >= connections)
        #expect(outcome.refused == 0)
        #expect(outcome.unanswered == 0)
    }

    @Test func `what is due by the rate is sent, or told of`() throws {
        let server = try YardstickServer()
        let outcome = try load.run(on: server.endpoint, connections: 4, for: .milliseconds(100), rate: 1_000)
        #expect(outcome.accepted + outcome.unsent == 100)
        #expect(outcome.unanswered == 0)
    }

    @Test func `no time is one request on each connection`() throws {
        let server = try YardstickServer()
        #expect(try load.run(on: server.endpoint, connections: 3, for: .zero).accepted == 3)
    }

    @Test func `a server that is not there cannot be put under load`() throws {
        let gone = try ListeningSocket(on: Endpoint(address: .loopback, port: 0)).endpoint
        #expect(throws: BenchmarkFailure.self) { try load.run(on: gone, connections: 1, for: .zero) }
    }

    @Test(arguments: [false, true])
    func `the prototype's messages reach every subscriber intact, alone and bundled`(isBundled: Bool) throws {
        let payload = Payload(count: 200)
        let receivers = try Receivers(
            ReceiverPlan(count: 3, content: isBundled ? .envelope : .payload, usesGRO: true, payload: payload))
        let server = try YardstickServer(to: receivers, isBundled: isBundled)
        var flow = Flow(to: receivers)
        let outcome = try load.run(on: server.endpoint, connections: 64, for: .milliseconds(50))
        flow.notePublished(outcome.accepted)
        let arrived = flow.finish()
        #expect(outcome.accepted > 0)
        #expect(arrived.sent == outcome.accepted * 3)
        #expect(arrived.lost == 0)
        #expect(arrived.damaged == 0)
    }

    @Test func `the time to the last subscriber is known for every message`() throws {
        let receivers = try Receivers(
            ReceiverPlan(count: 3, payload: Payload(count: 200), timesArrivals: true))
        let server = try YardstickServer(to: receivers)
        var flow = Flow(to: receivers)
        let outcome = try load.run(on: server.endpoint, connections: 2, for: .milliseconds(20))
        flow.notePublished(outcome.accepted)
        #expect(flow.finish().lost == 0)
        // The last ones are handed over a moment after they are counted.
        receivers.stop()
        let samples = receivers.tally.takeSamples()
        #expect(samples.values.count == outcome.accepted)
        #expect(samples.values.allSatisfy { $0 > 0 })
    }
}
