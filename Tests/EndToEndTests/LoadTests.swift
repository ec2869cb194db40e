import Foundation
import Testing

/// Many publishers, many subscribers: nothing lost, doubled, or counted twice.
@Suite(.onStageAlone)
struct LoadTests {
    /// In all; `HEADCAST_LOAD_MESSAGES` makes it less on a small machine.
    private var messages: Int {
        ProcessInfo.processInfo.environment["HEADCAST_LOAD_MESSAGES"].flatMap { Int($0) } ?? 50_000
    }

    @Test func `two hundred connections publish fifty thousand messages to ten subscribers`() async throws {
        let endpoints = try (1...10).map { "127.0.1.\($0):\(try FreePort.find())" }
        let pods = try await Pods.at(endpoints)
        let gateway = try await Gateway.start(topics: "orders=static://\(endpoints.joined(separator: ","))")
        let publisher = try await Publisher.start(to: gateway, connections: 200, messages: messages)
        let outcome = try await publisher.outcome(within: .seconds(120))
        #expect(outcome.answers(201) == messages, "\(outcome.summary)")
        let tally = try await pods.tally()

        let receipts = outcome.receipts
        #expect(receipts.reduce(0) { $0 + $1.sent } == messages * 10)
        #expect(tally.arrivedInAll + tally.drops == messages * 10, "\(tally.json)")
        #expect(tally.duplicates == 0)
        #expect(tally.outOfOrder == 0)
        expectOneSequence(receipts)
        expectSequenceOrder(receipts, tally)
        let rows = try await gateway.subscribers()
        for endpoint in endpoints { #expect(rows[endpoint]?["sent"].int == messages) }
    }

    @Test(arguments: [1, 64, 128, 129, 256, 1_000])
    func `no number of connections stalls`(connections: Int) async throws {
        let endpoint = "127.0.0.1:\(try FreePort.find())"
        _ = try await Pods.at([endpoint])
        let gateway = try await Gateway.start(topics: "orders=static://\(endpoint)")
        let result = try await Wrk.publish(to: gateway, connections: connections)
        #expect(result.timeouts == 0)
        #expect(result.otherErrors == 0)
        #expect(result.notOK == 0)
        // Stalled, it would be a few hundred.
        #expect(result.requestsPerSecond > (connections == 1 ? 300 : 1_500))
    }

    @Test(arguments: [128, 1_000])
    func `every connection is served its share`(connections: Int) async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        let publisher = try await Publisher.start(to: gateway, connections: connections, messages: connections * 10)
        let outcome = try await publisher.outcome()
        #expect(outcome.answers(201) == connections * 10, "\(outcome.summary)")
        #expect(outcome.slowestSeconds < 2)
    }

    @Test func `dead and healthy subscribers alternating, the healthy ones receive all`() async throws {
        let endpoints = try (1...6).map { "127.0.1.\($0):\(try FreePort.find())" }
        let healthy = endpoints.indices.filter { $0 % 2 == 1 }.map { endpoints[$0] }
        let pods = try await Pods.at(healthy)
        let gateway = try await Gateway.start(topics: "orders=static://\(endpoints.joined(separator: ","))")
        let outcome = try await Publisher.start(to: gateway, connections: 20, messages: 10_000).outcome()
        #expect(outcome.answers(201) == 10_000, "\(outcome.summary)")
        let tally = try await pods.tally()
        #expect(tally.arrivedInAll + tally.drops == 30_000)
        #expect(tally.drops == 0)
        #expect(tally.duplicates == 0)
        let rows = try await gateway.subscribers()
        for endpoint in healthy { #expect(rows[endpoint]?["sent"].int == 10_000) }
        for endpoint in Set(endpoints).subtracting(healthy) {
            #expect(rows[endpoint]?["state"].string == "refusing", "\(String(describing: rows[endpoint]))")
        }
    }

    @Test func `all copies of many messages leave, and are counted`() async throws {
        let endpoints = try (1...3).map { "127.0.1.\($0):\(try FreePort.find())" }
        let pods = try await Pods.at(endpoints)
        let list = endpoints.joined(separator: ",")
        let gateway = try await Gateway.start(topics: "orders=static://\(list)?policy=repeat&copies=3&spacing=50ms")
        let outcome = try await Publisher.start(to: gateway, connections: 10, messages: 3_000).outcome()
        #expect(outcome.answers(201) == 3_000, "\(outcome.summary)")
        try await pods.arrived(9_000, at: endpoints)
        let tally = try await pods.tally()
        for endpoint in endpoints { #expect(tally.arrived(at: endpoint) == 9_000) }
        let last = try await gateway.json("/messages?limit=1")["items"][0]
        #expect(last["copiesSent"].int == 9)
    }

    /// Each message has a sequence of its own and none is missing.
    private func expectOneSequence(_ receipts: [Publisher.Answer]) {
        let sequences = receipts.map(\.sequence).sorted()
        guard let first = sequences.first, let last = sequences.last else { return }
        #expect(Int(last - first) == sequences.count - 1)
        #expect(Set(sequences).count == sequences.count)
    }

    /// Every subscriber got what it got in the order of the sequences.
    private func expectSequenceOrder(_ receipts: [Publisher.Answer], _ tally: Tally) {
        let sequences = Dictionary(receipts.map { ($0.message, $0.sequence) }) { $1 }
        for endpoint in tally.endpoints {
            var last: UInt64?
            var misplaced = 0
            for message in tally.messages(at: endpoint) {
                let sequence = sequences[message] ?? 0
                if let last, sequence <= last { misplaced += 1 }
                last = sequence
            }
            #expect(misplaced == 0, "at \(endpoint)")
        }
    }
}
