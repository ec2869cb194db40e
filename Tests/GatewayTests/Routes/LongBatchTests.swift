import HTTPForTests
import Testing

@testable import Gateway

/// Batches that take more than one round of the loop.
struct LongBatchTests {
    let pod: Pod
    let gateway: RunningGateway

    init() throws {
        let pod = try Pod()
        self.pod = pod
        gateway = try RunningGateway { configuration in
            configuration.topics = [TopicConfiguration(name: "orders", source: .static([pod.endpoint]))]
            configuration.drainTimeout = .zero
        }
    }

    /// A thousand entries, each with so many attributes that reading it takes much longer than a round may.
    private static let long: [UInt8] = {
        let attributes = (0..<126).map { "\"attribute-\($0)\":\"\(String(repeating: "v", count: 40))\"" }
        let line = #"{"payload":"","attributes":{\#(attributes.joined(separator: ","))}}"#
        return Array(Array(repeating: line, count: 1_000).joined(separator: "\n").utf8)
    }()

    /// Begins to publish a batch of a thousand, and waits until the first of them has been sent.
    private func begun() -> Pending {
        let call = Pending { [gateway] in
            try gateway.call(
                "POST", "/publish/orders/batch", Self.long, headers: ["Content-Type: application/x-ndjson"])
        }
        _ = pod.next()
        return call
    }

    @Test func `what comes during a long batch does not wait for its end`() throws {
        let batch = begun()
        let single = try gateway.publish("x")
        let other = try gateway.publish("{\"payload\":\"x\"}", to: "/publish/orders/batch")
        let sequences = try batch.reply().results.map { try #require($0.receipt["sequence"] as? Int) }
        let last = try #require(sequences.last)
        #expect(sequences.count == 1_000)
        #expect(sequences == sequences.sorted())
        #expect(last == 1_002)
        #expect(try #require(single.json["sequence"] as? Int) < last)
        #expect(try #require(other.results[0].receipt["sequence"] as? Int) < last)
    }

    @Test func `entries of two batches take turns`() throws {
        let first = begun()
        let lines = Array(repeating: #"{"payload":""}"#, count: 1_000).joined(separator: "\n")
        let second = try gateway.publish(lines, to: "/publish/orders/batch")
        let sequences = second.results.compactMap { $0.receipt["sequence"] as? Int }
        #expect(sequences.count == 1_000)
        #expect(try #require(sequences.last) - #require(sequences.first) > 999)
        #expect(try first.reply().results.last?.receipt["sequence"] as? Int == 2_000)
    }

    @Test func `every entry of a batch that is not finished at the end has its answer`() throws {
        let batch = begun()
        gateway.requestStop()
        let results = try batch.reply().results
        #expect(results.count == 1_000)
        #expect(results.first?.status == 201)
        #expect(results.last?.errorCode == "draining")
        #expect(Set(results.map(\.status)) == [201, 503])
    }
}
