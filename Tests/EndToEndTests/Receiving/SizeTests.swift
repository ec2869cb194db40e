import Digests
import Testing

/// Payloads of every size, to every receiver, byte for byte.
@Suite(.onStageAlone, .enabled(if: Network.isPossible, Network.need))
struct SizeTests {
    /// In the format `enveloped`, as they travel together and each by itself.
    @Test(arguments: [false, true])
    func `payloads of any size reach every receiver as they are`(isApart: Bool) async throws {
        let kinds = Receiver.Kind.allCases.flatMap { kind in [(kind, false), (kind, true)] }
        let network = try Network.make(pods: kinds.count)
        if isApart { try network.carryDatagramsApart() }
        var receivers: [Receiver] = []
        for (index, (kind, isOrdered)) in kinds.enumerated() {
            receivers.append(try await .start(kind, at: index, of: network, isOrdered: isOrdered))
        }
        let gateway = try await Gateway.start(
            topics: network.topic("orders"), network.topic("twice", "policy=repeat&copies=2"), in: network.gateway)
        let plan = "0,1,1231,1232,1233,1095,1096,1097,1098,1099,65536,1048576,60x0-4000,20x0-200000,1048576,0"
        let ledger = try await Publication.start(
            plan, to: [(gateway, "orders"), (gateway, "twice")], "--seed", "\(UInt16.random(in: 0...9_999))"
        ).ledger()
        #expect(ledger.allSatisfy { $0.status == 201 })
        let published = ledger.map(Payload.init)
        for receiver in receivers {
            let received = try await receiver.received(messages: ledger.count)
            #expect(Set(received.messages.map(Payload.init)) == Set(published), "\(receiver)")
            #expect(received.messages.count == ledger.count, "\(receiver)")
            #expect(received.gaps.isEmpty && received.kernelDrops == 0, "\(receiver)")
        }
    }

    @Test(arguments: Receiver.Kind.allCases)
    func `raw payloads reach receivers as they are, each a datagram`(kind: Receiver.Kind) async throws {
        let network = try Network.make(pods: 2)
        let receivers = [
            try await Receiver.start(kind, at: 0, of: network, format: "raw"),
            try await Receiver.start(kind, at: 1, of: network, format: "any"),
        ]
        let gateway = try await Gateway.start(
            topics: "orders=static://\(network.endpoints())?maximumPayloadBytes=65507", in: network.gateway)
        let ledger = try await Publication.start(
            "0,1,1231,1232,1233,1472,65507,50x0-65507", to: [(gateway, "orders")], "--connections", "1"
        ).ledger()
        #expect(ledger.allSatisfy { $0.status == 201 })
        for receiver in receivers {
            let received = try await receiver.received(messages: ledger.count)
            #expect(received.messages.map(\.digest) == ledger.map(\.sha256), "\(receiver)")
        }
    }

    @Test func `the longest messages reach every receiver as they are, and what follows them, too`() async throws {
        let kinds = Receiver.Kind.allCases.flatMap { kind in [(kind, false), (kind, true)] }
        let network = try Network.make(pods: kinds.count)
        var receivers: [Receiver] = []
        for (index, (kind, isOrdered)) in kinds.enumerated() {
            receivers.append(try await .start(kind, at: index, of: network, isOrdered: isOrdered))
        }
        let gateway = try await Gateway.start(
            topics: network.topic("orders", "maximumPayloadBytes=16777216&burstBytes=16384"), in: network.gateway)
        let ledger = try await Publication.start(
            "100,16777216,100,16777216,100", to: [(gateway, "orders")], "--connections", "1"
        ).ledger()
        #expect(ledger.map(\.status) == [201, 201, 201, 201, 201])
        for receiver in receivers {
            let received = try await receiver.received(messages: ledger.count)
            #expect(received.messages.map(\.digest) == ledger.map(\.sha256), "\(receiver)")
            #expect(received.overflowed == 0, "\(receiver)")
        }
    }

    @Test(arguments: Receiver.Kind.allCases)
    func `JSON in CloudEvents arrives to the byte`(kind: Receiver.Kind) async throws {
        let network = try Network.make(pods: 2)
        let receivers = [
            try await Receiver.start(kind, at: 0, of: network, format: "cloudevents"),
            try await Receiver.start(kind, at: 1, of: network, format: "any"),
        ]
        let gateway = try await Gateway.start(
            topics: "orders=static://\(network.endpoints())?format=cloudevents", in: network.gateway)
        let documents = [
            #"{"price": 12345678901234567.89, "b":1.10,\t"c":1e400}"#, #"{"k":1,"k":"\u0032"}"#, #""é\u00e9""#, "-0.0",
            "null", "", "{ not JSON", "[1, 2]\u{0}",
        ]
        for document in documents {
            _ = try await gateway.publish(document, headers: ["Content-Type: application/json"])
        }
        for receiver in receivers {
            let received = try await receiver.received(messages: documents.count)
            #expect(received.messages.map(\.digest) == documents.map(\.sha256), "\(receiver)")
        }
    }

    @Test(arguments: Receiver.Kind.allCases)
    func `copies of CloudEvents are yielded once, each payload as it is`(kind: Receiver.Kind) async throws {
        let network = try Network.make(pods: 2)
        let receivers = [
            try await Receiver.start(kind, at: 0, of: network, format: "cloudevents"),
            try await Receiver.start(kind, at: 1, of: network, format: "any"),
        ]
        let query = "format=cloudevents&policy=repeat&copies=3&spacing=20ms"
        let gateway = try await Gateway.start(
            topics: "orders=static://\(network.endpoints())?\(query)", in: network.gateway)
        let ledger = try await Publication.start(
            "0,1,500,100x0-600,1232", to: [(gateway, "orders")], "--connections", "1"
        ).ledger()
        // The event that holds it does not fit a datagram.
        #expect(ledger.last?.status == 413)
        let published = ledger.dropLast()
        #expect(published.allSatisfy { $0.status == 201 })
        for receiver in receivers {
            let received = try await receiver.received(
                messages: published.count, duplicates: published.count * 2)
            #expect(received.messages.map(\.digest) == published.map(\.sha256), "\(receiver)")
            #expect(received.messages.map(\.id) == published.map(\.id), "\(receiver)")
            #expect(received.duplicates == published.count * 2, "\(receiver)")
        }
    }
}

extension String {
    /// Of its bytes, in hexadecimal digits.
    fileprivate var sha256: String {
        var digest = SHA256()
        digest.update(Array(utf8).span.bytes)
        return digest.digest().hexadecimal
    }
}

/// What must arrive: which message, and its SHA-256.
private struct Payload: Hashable {
    let topic: String
    let id: String
    let digest: String

    init(_ entry: Publication.Entry) {
        (topic, id, digest) = (entry.topic ?? "", entry.id ?? "", entry.sha256)
    }

    init(_ message: Received.Message) {
        (topic, id, digest) = (message.topic, message.id, message.digest)
    }
}
